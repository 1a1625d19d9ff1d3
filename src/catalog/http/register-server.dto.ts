import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { NAME_PATTERN, RESERVED_NAMES } from '@app/kernel';
import { DEFINITION_STATUSES, type DefinitionStatus } from '../domain/server-definition';

export const VARIABLE_TYPES = ['string', 'integer', 'number', 'boolean', 'json', 'url'] as const;

export class EnvironmentVariableDto {
  @ApiProperty({ description: 'Name.', example: 'API_KEY' })
  @IsString()
  @MaxLength(128)
  readonly name!: string;

  @ApiProperty({ description: 'Type of its values.', enum: VARIABLE_TYPES, example: 'string' })
  @IsIn(VARIABLE_TYPES)
  readonly type!: (typeof VARIABLE_TYPES)[number];

  @ApiPropertyOptional({ description: 'For people.', example: 'API key for external service' })
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  readonly description?: string;

  @ApiPropertyOptional({ description: 'Whether an instance must give it a value.', example: true })
  @IsOptional()
  @IsBoolean()
  readonly required?: boolean;

  @ApiPropertyOptional({ description: 'Whether its values are kept in the secret store.', example: true })
  @IsOptional()
  @IsBoolean()
  readonly secret?: boolean;

  @ApiPropertyOptional({
    description: 'Value where an instance gives none, as text.',
    example: '10',
    nullable: true,
    type: String,
  })
  @IsOptional()
  @IsString()
  @MaxLength(32_768)
  readonly default?: string | null;
}

export class HeaderDto {
  @ApiProperty({ description: 'Name of the header.', example: 'User-Agent' })
  @IsString()
  @MaxLength(128)
  readonly key!: string;

  @ApiProperty({ description: 'Its value, or a secret reference.', example: 'Gateway/1.0' })
  @IsString()
  @MaxLength(8_192)
  readonly value!: string;
}

/** What a definition says of its instances, whatever its shape. */
export class DefinitionFieldsDto {
  @ApiProperty({ description: 'Unique among definitions.', example: 'filesystem-mcp' })
  @Matches(NAME_PATTERN, {
    message: 'name must be 1-63 lower-case letters, digits, dashes or single underscores',
  })
  @IsNotIn([...RESERVED_NAMES], { message: 'name is a word that has a meaning in our paths' })
  readonly name!: string;

  @ApiPropertyOptional({ description: 'For people.', example: 'Filesystem access MCP server' })
  @IsOptional()
  @IsString()
  @MaxLength(4_096)
  readonly description?: string;

  @ApiPropertyOptional({ description: 'Image; empty when none is needed.', example: 'mcp/filesystem:latest' })
  @IsOptional()
  @IsString()
  @MaxLength(512)
  readonly docker_image_url?: string;

  @ApiPropertyOptional({ description: 'Version of the definition, as text.', example: '1.0.0' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly version?: string;

  @ApiPropertyOptional({ description: 'Words to find it by.', example: ['files'], type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @IsString({ each: true })
  @MaxLength(63, { each: true })
  readonly tags?: string[];

  @ApiPropertyOptional({
    description: 'Only published ones are templates.',
    enum: DEFINITION_STATUSES,
    example: 'published',
  })
  @IsOptional()
  @IsIn(DEFINITION_STATUSES)
  readonly status?: DefinitionStatus;

  @ApiPropertyOptional({ description: 'Whether everybody may see it.', example: false })
  @IsOptional()
  @IsBoolean()
  readonly is_public?: boolean;

  @ApiPropertyOptional({
    description: 'The contract for the environment of its instances.',
    type: [EnvironmentVariableDto],
    example: [],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(256)
  @ValidateNested({ each: true })
  @Type(() => EnvironmentVariableDto)
  readonly env_schema?: EnvironmentVariableDto[];

  @ApiPropertyOptional({
    description: 'Program and arguments.',
    example: ['python', '-m', 'server'],
    type: [String],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(4_096, { each: true })
  readonly command?: string[];

  @ApiPropertyOptional({ description: 'Port inside the container.', example: 8001, type: 'integer' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly port?: number;

  @ApiPropertyOptional({
    description: 'How the server speaks.',
    enum: ['streamable-http', 'sse', 'stdio'],
    example: 'streamable-http',
  })
  @IsOptional()
  @IsIn(['streamable-http', 'sse', 'stdio'])
  readonly transport?: string;

  @ApiPropertyOptional({
    description: 'Limits.',
    type: 'object',
    additionalProperties: true,
    example: { memory_limit: '256m' },
  })
  @IsOptional()
  @IsObject()
  readonly resources?: Record<string, unknown>;

  @ApiPropertyOptional({
    description: 'How health is checked.',
    type: 'object',
    additionalProperties: true,
    example: { path: '/health' },
  })
  @IsOptional()
  @IsObject()
  readonly health_check?: Record<string, unknown>;

  @ApiPropertyOptional({
    description: 'Network of the container.',
    type: 'object',
    additionalProperties: true,
    example: { egress: 'none' },
  })
  @IsOptional()
  @IsObject()
  readonly network?: Record<string, unknown>;
}

/** Both shapes: with `url` it is a remote server, and its one instance is made with it. */
export class RegisterServerDto extends DefinitionFieldsDto {
  @ApiPropertyOptional({
    description: 'Remote: http(s)://, ws(s):// or stdio://<bundled server>.',
    example: 'https://api.example.com/mcp',
  })
  @IsOptional()
  @IsString()
  @MaxLength(2_048)
  readonly url?: string;

  @ApiPropertyOptional({ description: 'Remote: seconds a call may take.', example: 30 })
  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(600)
  readonly timeout?: number;

  @ApiPropertyOptional({
    description: 'Remote: headers of every request.',
    type: [HeaderDto],
    example: [{ key: 'User-Agent', value: 'Gateway/1.0' }],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @ValidateNested({ each: true })
  @Type(() => HeaderDto)
  readonly headers?: HeaderDto[];

  @ApiPropertyOptional({
    description: 'Remote: where tokens come from; without it the server is asked (RFC 9728, RFC 8414).',
    example: 'https://auth.example.com/oauth/token',
  })
  @IsOptional()
  @IsString()
  @MaxLength(2_048)
  readonly oauth2_token_url?: string;

  @ApiPropertyOptional({ description: 'Remote: client id, or a secret reference.', example: 'client_id' })
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  readonly oauth2_client_id?: string;

  @ApiPropertyOptional({
    description: 'Remote: client secret, or a secret reference; a literal goes to the store.',
    example: 'secret_ref:shared:CLIENT_SECRET',
  })
  @IsOptional()
  @IsString()
  @MaxLength(8_192)
  readonly oauth2_client_secret?: string;

  @ApiPropertyOptional({ description: 'Remote: scopes to ask for.', example: ['read:tools'], type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(64)
  @IsString({ each: true })
  @MaxLength(256, { each: true })
  readonly oauth2_scopes?: string[];
}

export class UpdateServerDto extends PartialType(DefinitionFieldsDto) {}
