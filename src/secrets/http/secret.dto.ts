import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { ListQuery } from '@app/http';
import { secretReference } from '@app/contracts';
import { type SecretMetadata } from '../domain/secret-metadata';

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

export const presentSecret = (s: SecretMetadata): SecretDto => ({
  scope: s.scope,
  name: s.name,
  ref: secretReference(s.scope, s.name),
  version: s.version,
  used_by: s.usedBy,
  created_at: s.createdAt.toISOString(),
  updated_at: s.updatedAt.toISOString(),
});
