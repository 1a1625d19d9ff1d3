import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { ListQuery } from '@app/http';
import { secretReference } from '@app/contracts';
import { type SecretMetadata, type SecretVersionMetadata } from '../domain/secret-metadata';

const VALUE_MAX_LENGTH = 65_536;

export class PutSecretDto {
  @ApiProperty({
    description: 'The value; never shown again.',
    example: 'the value',
    minLength: 1,
    maxLength: VALUE_MAX_LENGTH,
  })
  @IsString()
  @MinLength(1)
  @MaxLength(VALUE_MAX_LENGTH, { message: `value has at most ${VALUE_MAX_LENGTH} characters` })
  readonly value!: string;
}

export class StoredSecretDto {
  @ApiProperty({ description: 'Scope.', example: 'shared' })
  readonly scope!: string;
  @ApiProperty({ description: 'Name.', example: 'API_KEY' })
  readonly name!: string;
  @ApiProperty({
    description: 'What a specification says instead of the value.',
    example: 'secret_ref:shared:API_KEY',
  })
  readonly ref!: string;
  @ApiProperty({ description: 'Version; each new value is a new one.', example: 1, type: 'integer' })
  readonly version!: number;
}

export class SecretDto extends StoredSecretDto {
  @ApiProperty({
    description: 'Live instances that refer to it, at most ten.',
    example: ['docs-search'],
    type: [String],
  })
  readonly used_by!: readonly string[];
  @ApiProperty({
    description: 'When it was first stored.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
  @ApiProperty({
    description: 'When it got its present value.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly updated_at!: string;
}

export class SecretVersionDto {
  @ApiProperty({ description: 'The version, as `@version` names it.', example: 2, type: 'integer' })
  readonly version!: number;
  @ApiProperty({
    description: 'What a specification says to keep this value.',
    example: 'secret_ref:shared:API_KEY@2',
  })
  readonly ref!: string;
  @ApiProperty({ description: 'The master key that wraps its data key.', example: 'k1f0a2b3c4d5e' })
  readonly kid!: string;
  @ApiProperty({
    description: 'Live instances that name this very version, at most ten.',
    example: ['docs-search'],
    type: [String],
  })
  readonly pinned_by!: readonly string[];
  @ApiProperty({
    description: 'When it was stored.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
}

export class SecretDetailsDto extends SecretDto {
  @ApiProperty({
    description: 'Its versions, the newest first. Of those that no instance names, the newest ten are kept.',
    type: [SecretVersionDto],
  })
  readonly versions!: readonly SecretVersionDto[];
}

export class SecretListDto {
  @ApiProperty({ description: 'One page, by scope and name.', type: [SecretDto], example: [] })
  readonly secrets!: readonly SecretDto[];
  @ApiProperty({
    description: 'Where the next page starts; null on the last one.',
    example: null,
    nullable: true,
    type: String,
  })
  readonly next_cursor!: string | null;
}

export class ListSecretsQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Only secrets of this scope.', example: 'shared' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly scope?: string;
}

const shown = (s: SecretMetadata) => ({
  scope: s.scope,
  name: s.name,
  ref: secretReference(s.scope, s.name),
  version: s.version,
  used_by: s.usedBy,
  created_at: s.createdAt.toISOString(),
  updated_at: s.updatedAt.toISOString(),
});

export const presentSecret = (secret: SecretMetadata): SecretDto => shown(secret);

export const presentDetails = (
  secret: SecretMetadata & { readonly versions: readonly SecretVersionMetadata[] },
): SecretDetailsDto => ({
  ...shown(secret),
  versions: secret.versions.map(({ version, kid, pinnedBy, createdAt }) => ({
    version,
    ref: `${secretReference(secret.scope, secret.name)}@${version}`,
    kid,
    pinned_by: pinnedBy,
    created_at: createdAt.toISOString(),
  })),
});
