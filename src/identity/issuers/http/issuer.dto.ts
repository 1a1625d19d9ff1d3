import { ApiProperty } from '@nestjs/swagger';
import { ALGORITHMS, type ClaimMap } from '../domain/trusted-issuer';
import { ROLES } from '../../domain/permissions';

const MAP = { type: 'object', additionalProperties: { type: 'string' } } as const;

export class SignInViewDto {
  @ApiProperty({ description: 'Our client id at the issuer.', example: 'quayside-console' })
  readonly client_id!: string;

  @ApiProperty({ description: 'Whether there is a client secret.', example: true })
  readonly has_client_secret!: boolean;

  @ApiProperty({ description: 'What is asked for.', example: ['openid', 'profile', 'email'], type: [String] })
  readonly scopes!: readonly string[];

  @ApiProperty({
    description: 'Where a browser begins.',
    example: 'https://quayside.example.com/api/v1/auth/oidc/company-login/start',
  })
  readonly start_url!: string;

  @ApiProperty({
    description: 'The redirect address to register at the issuer.',
    example: 'https://quayside.example.com/api/v1/auth/oidc/company-login/callback',
  })
  readonly redirect_uri!: string;
}

export class IssuerDto {
  @ApiProperty({
    description: 'Its id; a word for those of the settings.',
    example: '5f0c1f6e-7d53-4f0e-9d0a-2a3c9a0f4b11',
  })
  readonly id!: string;

  @ApiProperty({ description: 'Its name.', example: 'company-login' })
  readonly name!: string;

  @ApiProperty({
    description: 'Whether it comes from the settings, and so cannot be changed here.',
    example: false,
  })
  readonly built_in!: boolean;

  @ApiProperty({
    description: 'The exact `iss` of its tokens.',
    example: 'https://login.example.com/realms/main',
  })
  readonly issuer!: string;

  @ApiProperty({
    description: 'What its tokens may call us, beside our own addresses.',
    example: ['quayside'],
    type: [String],
  })
  readonly audiences!: readonly string[];

  @ApiProperty({
    description: 'The only algorithms that count.',
    example: ['RS256'],
    enum: ALGORITHMS,
    isArray: true,
  })
  readonly algorithms!: readonly string[];

  @ApiProperty({
    description: 'Where its public keys are.',
    example: 'https://login.example.com/realms/main/protocol/openid-connect/certs',
    type: String,
    nullable: true,
  })
  readonly jwks_url!: string | null;

  @ApiProperty({ description: 'Whether a secret is shared with it.', example: false })
  readonly has_secret!: boolean;

  @ApiProperty({
    description: 'Claims that may hold roles.',
    example: ['realm_access.roles'],
    type: [String],
  })
  readonly role_claims!: readonly string[];

  @ApiProperty({ description: 'From its roles to ours.', example: { staff: 'viewer' }, ...MAP })
  readonly role_map!: ClaimMap;

  @ApiProperty({
    description: 'The role without a role claim.',
    example: null,
    enum: ROLES,
    type: String,
    nullable: true,
  })
  readonly default_role!: string | null;

  @ApiProperty({
    description: 'The claim that chooses the workspace.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly workspace_claim!: string | null;

  @ApiProperty({
    description: 'From its values to ids of workspaces.',
    example: { research: '00000000-0000-4000-8000-000000000001' },
    ...MAP,
  })
  readonly workspace_map!: ClaimMap;

  @ApiProperty({
    description: 'The workspace without the claim.',
    example: '00000000-0000-4000-8000-000000000001',
    type: String,
    nullable: true,
  })
  readonly workspace_id!: string | null;

  @ApiProperty({ description: 'Whether tokens may lack `iss`.', example: false })
  readonly accepts_missing_issuer!: boolean;

  @ApiProperty({ description: 'Whether tokens may lack `aud`.', example: false })
  readonly accepts_missing_audience!: boolean;

  @ApiProperty({ description: 'Whether MCP clients get their tokens from it.', example: true })
  readonly serves_mcp!: boolean;

  @ApiProperty({ description: 'How people sign in there.', type: SignInViewDto, nullable: true })
  readonly sign_in!: SignInViewDto | null;
}

export class IssuerListDto {
  @ApiProperty({ description: 'All issuers, those of the settings first.', type: [IssuerDto] })
  readonly issuers!: readonly IssuerDto[];
}
