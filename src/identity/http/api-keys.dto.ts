import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { type Principal } from '@app/telemetry';
import { PERMISSIONS, type Role, ROLES } from '../domain/permissions';
import { type IssuedKey, type KeyChange, type NewKey } from '../keys/issued-key';

const NAME_MAX = 63;
const LIMITED_MAX = 200;
const OWNERS = ['me', 'workspace'] as const;

export class KeyLimitsDto {
  @ApiPropertyOptional({
    description: 'The only instances the key reaches, by name.',
    example: ['docs-search'],
    type: [String],
    maxItems: LIMITED_MAX,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITED_MAX)
  @IsString({ each: true })
  readonly instances?: readonly string[];

  @ApiPropertyOptional({
    description: 'The only endpoints the key reaches, by name.',
    example: ['readers'],
    type: [String],
    maxItems: LIMITED_MAX,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LIMITED_MAX)
  @IsString({ each: true })
  readonly endpoints?: readonly string[];
}

export class UpdateApiKeyDto {
  @ApiPropertyOptional({ description: 'For people.', example: 'ci', maxLength: NAME_MAX })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(NAME_MAX)
  readonly name?: string;

  @ApiPropertyOptional({
    description: 'The only permissions the key has; never more than before.',
    example: ['tools:read', 'tools:call'],
    type: [String],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(PERMISSIONS.length)
  @IsString({ each: true })
  readonly scopes?: readonly string[];

  @ApiPropertyOptional({
    description: 'When the key ends; never later than before.',
    example: '2027-01-01T00:00:00.000Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  readonly expires_at?: string;
}

export class CreateApiKeyDto {
  @ApiProperty({ description: 'For people.', example: 'ci', maxLength: NAME_MAX })
  @IsString()
  @MinLength(1)
  @MaxLength(NAME_MAX)
  readonly name!: string;

  @ApiPropertyOptional({
    description: 'What the key may be at most. Absent: what the caller is.',
    example: 'developer',
    enum: ROLES,
  })
  @IsOptional()
  @IsIn(ROLES)
  readonly role?: Role;

  @ApiPropertyOptional({
    description: 'The only permissions the key has. Absent: those of its role.',
    example: ['tools:read', 'tools:call'],
    type: [String],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(PERMISSIONS.length)
  @IsString({ each: true })
  readonly scopes?: readonly string[];

  @ApiPropertyOptional({
    description: 'When the key ends. Absent: when it is revoked.',
    example: '2027-01-01T00:00:00.000Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  readonly expires_at?: string;

  @ApiPropertyOptional({
    description: 'The only instances and endpoints the key reaches. Absent: all that its permissions do.',
    type: KeyLimitsDto,
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => KeyLimitsDto)
  readonly limited_to?: KeyLimitsDto;

  @ApiPropertyOptional({
    description:
      'Whose the key is: of the user who makes it, whose losses it shares, or of the workspace (administrators only).',
    example: 'me',
    enum: OWNERS,
    default: 'me',
  })
  @IsOptional()
  @IsIn(OWNERS)
  readonly owner?: (typeof OWNERS)[number];
}

export class ApiKeyDto {
  @ApiProperty({ description: 'The id, a part of the key itself.', example: 'k3v9q2xw71ab' })
  readonly id!: string;

  @ApiProperty({ description: 'For people.', example: 'ci' })
  readonly name!: string;

  @ApiProperty({ description: 'What the key is at most.', example: 'developer', enum: ROLES })
  readonly role!: string;

  @ApiProperty({
    description: 'The only permissions it has; empty: those of its role.',
    example: ['tools:read', 'tools:call'],
    type: [String],
  })
  readonly scopes!: readonly string[];

  @ApiProperty({
    description: 'The only instances and endpoints it reaches; null: no such limit.',
    type: KeyLimitsDto,
    nullable: true,
  })
  readonly limited_to!: KeyLimitsDto | null;

  @ApiProperty({
    description: 'The user it belongs to; null: the workspace.',
    example: '7b0f7c3e-5f0e-4c43-9d3e-2f6d1f0a9b11',
    type: String,
    nullable: true,
  })
  readonly user_id!: string | null;

  @ApiProperty({
    description: 'The agent it is the token of.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly agent_id!: string | null;

  @ApiProperty({ description: 'Who issued it.', example: 'user:7b0f7c3e-5f0e-4c43-9d3e-2f6d1f0a9b11' })
  readonly created_by!: string;

  @ApiProperty({ description: 'When it was issued.', example: '2026-11-21T20:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    description: 'When it ends; null: when it is revoked.',
    example: '2027-01-01T00:00:00.000Z',
    type: String,
    nullable: true,
  })
  readonly expires_at!: string | null;

  @ApiProperty({
    description: 'When it was used last, to a minute.',
    example: '2026-11-21T20:00:00.000Z',
    type: String,
    nullable: true,
  })
  readonly last_used_at!: string | null;

  @ApiProperty({
    description: 'When it was revoked.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly revoked_at!: string | null;
}

export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    description: 'The key itself, shown this once and stored nowhere.',
    example: 'qs_k3v9q2xw71ab_…',
  })
  readonly secret!: string;

  static from(key: IssuedKey, secret: string): CreatedApiKeyDto {
    return Object.assign(new CreatedApiKeyDto(), showKey(key), { secret });
  }
}

export class ApiKeyPageDto {
  @ApiProperty({ description: 'The keys of this page, newest first.', type: [ApiKeyDto] })
  readonly api_keys!: readonly ApiKeyDto[];

  @ApiProperty({
    description: 'Where the next page begins; null on the last.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly next_cursor!: string | null;
}

const dateOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);

export function toNewKey(dto: CreateApiKeyDto, { role, userId, workspaceId }: Principal): NewKey {
  return {
    name: dto.name,
    workspaceId,
    role: dto.role ?? (role as Role),
    scopes: dto.scopes ?? [],
    expiresAt: dateOf(dto.expires_at),
    limitedTo: dto.limited_to,
    userId: dto.owner === 'workspace' ? undefined : userId,
  };
}

export const toKeyChange = ({ name, scopes, expires_at }: UpdateApiKeyDto): KeyChange => ({
  ...{ name, scopes, expiresAt: dateOf(expires_at) },
});

export const showKey = ({ id, name, role, scopes, ...key }: IssuedKey): ApiKeyDto => ({
  ...{ id, name, role, scopes },
  limited_to: key.limitedTo,
  user_id: key.userId,
  agent_id: key.agentId,
  created_by: key.createdBy,
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
});
