import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { type Role, ROLES } from '../../domain/permissions';
import { type Algorithm, ALGORITHMS, type ClaimMap } from '../domain/trusted-issuer';
import { IfSent } from '@app/http';
import { IsClaimMap, MAX_CLAIM_VALUES } from './is-claim-map';

const NAME_MAX = 63;
const WORD_MAX = 512;
const URL_MAX = 2_048;
const SECRET_MAX = 1_024;
const AUDIENCES_MAX = 20;
const CLAIMS_MAX = 10;
const SCOPES_MAX = 20;
const MAP = {
  type: 'object',
  additionalProperties: { type: 'string' },
  maxProperties: MAX_CLAIM_VALUES,
} as const;

export class SignInDto {
  @ApiProperty({
    description: 'Our client id at the issuer.',
    example: 'quayside-console',
    maxLength: WORD_MAX,
  })
  @IsString()
  @MaxLength(WORD_MAX)
  readonly client_id!: string;

  @ApiPropertyOptional({
    description: 'Our client secret there; stored sealed, never shown. Without one we are a public client.',
    example: 'kept-in-the-password-manager',
    maxLength: SECRET_MAX,
    type: String,
    nullable: true,
    writeOnly: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(SECRET_MAX)
  readonly client_secret?: string | null;

  @ApiPropertyOptional({
    description: 'What is asked for at sign-in; openid always is.',
    example: ['openid', 'profile', 'email'],
    type: [String],
    maxItems: SCOPES_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(SCOPES_MAX)
  @IsString({ each: true })
  @MaxLength(WORD_MAX, { each: true })
  readonly scopes?: readonly string[];
}

/** Every member may be left out of a change; `CreateIssuerDto` says what a new one needs. */
export class UpdateIssuerDto {
  @ApiPropertyOptional({
    description: 'The exact `iss` of its tokens.',
    example: 'https://login.example.com/realms/main',
    maxLength: WORD_MAX,
  })
  @IfSent()
  @IsString()
  @MaxLength(WORD_MAX)
  readonly issuer?: string;

  @ApiPropertyOptional({
    description: 'What its tokens may call us in `aud`, beside our own addresses.',
    example: ['quayside'],
    type: [String],
    maxItems: AUDIENCES_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(AUDIENCES_MAX)
  @IsString({ each: true })
  readonly audiences?: readonly string[];

  @ApiPropertyOptional({
    description:
      'The only algorithms its tokens may be signed with. HS* with a secret, the others with keys.',
    example: ['RS256', 'ES256'],
    enum: ALGORITHMS,
    isArray: true,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(ALGORITHMS.length)
  @IsIn(ALGORITHMS, { each: true })
  readonly algorithms?: readonly Algorithm[];

  @ApiPropertyOptional({
    description:
      'Where its public keys are. Asked through the guarded client, so within the outbound policy.',
    example: 'https://login.example.com/realms/main/protocol/openid-connect/certs',
    maxLength: URL_MAX,
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(URL_MAX)
  readonly jwks_url?: string | null;

  @ApiPropertyOptional({
    description:
      'A secret shared with it, of at least 32 characters, instead of keys; stored sealed, never shown.',
    example: 'an-own-random-text-of-32-characters-or-more',
    maxLength: SECRET_MAX,
    type: String,
    nullable: true,
    writeOnly: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(SECRET_MAX)
  readonly secret?: string | null;

  @ApiPropertyOptional({
    description:
      'Claims that may hold the role or roles; the first that is there counts. Dots lead into objects.',
    example: ['realm_access.roles'],
    type: [String],
    maxItems: CLAIMS_MAX,
  })
  @IfSent()
  @IsArray()
  @ArrayMaxSize(CLAIMS_MAX)
  @IsString({ each: true })
  @MaxLength(WORD_MAX, { each: true })
  readonly role_claims?: readonly string[];

  @ApiPropertyOptional({
    description:
      'From its roles to ours. Empty: they have our names. A role that is not known gives nothing.',
    example: { 'platform-team': 'operator', staff: 'viewer' },
    ...MAP,
  })
  @IfSent()
  @IsClaimMap()
  readonly role_map?: ClaimMap;

  @ApiPropertyOptional({
    description: 'The role of those whose tokens have no role claim at all.',
    example: 'viewer',
    enum: ROLES,
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsIn(ROLES)
  readonly default_role?: Role | null;

  @ApiPropertyOptional({
    description: 'The claim that chooses the workspace.',
    example: 'team',
    maxLength: WORD_MAX,
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(WORD_MAX)
  readonly workspace_claim?: string | null;

  @ApiPropertyOptional({
    description: 'From its values to ids of workspaces; another value is let in nowhere.',
    example: { research: '00000000-0000-4000-8000-000000000001' },
    ...MAP,
  })
  @IfSent()
  @IsClaimMap()
  readonly workspace_map?: ClaimMap;

  @ApiPropertyOptional({
    description: 'The workspace of those whose tokens lack the claim. Null: none.',
    example: '00000000-0000-4000-8000-000000000001',
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsUUID('all')
  readonly workspace_id?: string | null;

  @ApiPropertyOptional({
    description: 'Whether tokens may lack `iss`; one that is there must be right.',
    example: false,
  })
  @IfSent()
  @IsBoolean()
  readonly accepts_missing_issuer?: boolean;

  @ApiPropertyOptional({
    description: 'Whether tokens may lack `aud`; one that is there must be right.',
    example: false,
  })
  @IfSent()
  @IsBoolean()
  readonly accepts_missing_audience?: boolean;

  @ApiPropertyOptional({
    description:
      'Whether MCP clients get their tokens from it: our metadata name it, and scopes of its tokens count.',
    example: true,
  })
  @IfSent()
  @IsBoolean()
  readonly serves_mcp?: boolean;

  @ApiPropertyOptional({
    description: 'For sign-in to the console by OpenID Connect; null for none.',
    type: SignInDto,
    nullable: true,
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => SignInDto)
  readonly sign_in?: SignInDto | null;
}

export class CreateIssuerDto extends UpdateIssuerDto {
  @ApiProperty({
    description: 'In paths and in the audit trail; never changes.',
    example: 'company-login',
    maxLength: NAME_MAX,
  })
  @IsString()
  @MaxLength(NAME_MAX)
  readonly name!: string;

  @ApiProperty({
    description: 'The exact `iss` of its tokens.',
    example: 'https://login.example.com/realms/main',
    maxLength: WORD_MAX,
  })
  @IsString()
  @MaxLength(WORD_MAX)
  declare readonly issuer: string;
}
