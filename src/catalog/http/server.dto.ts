import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ListQuery, withRowVersion } from '@app/http';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { DEFINITION_STATUSES, type DefinitionState } from '../domain/server-definition';
import { EnvironmentVariableDto } from './register-server.dto';

export class ServerDto {
  @ApiProperty({ description: 'Id.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly id!: string;
  @ApiProperty({ description: 'Name.', example: 'filesystem-mcp' })
  readonly name!: string;
  @ApiProperty({ description: 'For people.', example: 'Filesystem access MCP server' })
  readonly description!: string;
  @ApiProperty({ description: 'Image; empty when none is needed.', example: 'mcp/filesystem:latest' })
  readonly docker_image_url!: string;
  @ApiProperty({ description: 'Version, as text.', example: '1.0.0' })
  readonly version!: string;
  @ApiProperty({ description: 'Words to find it by.', example: ['files'], type: [String] })
  readonly tags!: readonly string[];
  @ApiProperty({ description: 'Whether it is a template.', enum: DEFINITION_STATUSES, example: 'published' })
  readonly status!: string;
  @ApiProperty({ description: 'Whether everybody may see it.', example: false })
  readonly is_public!: boolean;
  @ApiProperty({
    description: 'The contract for the environment.',
    type: [EnvironmentVariableDto],
    example: [],
  })
  readonly env_schema!: readonly EnvironmentVariableDto[];
  @ApiProperty({
    description: 'What its instances are.',
    enum: ['docker', 'url', 'stdio'],
    example: 'docker',
  })
  readonly type!: string;
  @ApiPropertyOptional({ description: 'Address of a remote server.', example: 'https://api.example.com/mcp' })
  readonly url?: string;
  @ApiPropertyOptional({
    description: 'Program and arguments, or the name of a bundled server.',
    type: [String],
    example: ['python', '-m', 'server'],
  })
  readonly command?: readonly string[];
  @ApiPropertyOptional({ description: 'Port inside the container.', example: 8001, type: 'integer' })
  readonly port?: number;
  @ApiPropertyOptional({ description: 'How the server speaks.', example: 'streamable-http' })
  readonly transport?: string;
  @ApiPropertyOptional({
    description: 'Limits.',
    type: 'object',
    additionalProperties: true,
    example: { memory_limit: '256m' },
  })
  readonly resources?: object;
  @ApiPropertyOptional({
    description: 'How health is checked.',
    type: 'object',
    additionalProperties: true,
    example: { path: '/health' },
  })
  readonly health_check?: object;
  @ApiPropertyOptional({
    description: 'Network of the container.',
    type: 'object',
    additionalProperties: true,
    example: { egress: 'none' },
  })
  readonly network?: object;
  @ApiPropertyOptional({ description: 'Seconds a call may take.', example: 30 })
  readonly timeout?: number;
  @ApiProperty({ description: 'Whether it came with the product.', example: false })
  readonly built_in!: boolean;
  @ApiPropertyOptional({
    description: 'Of a remote server: the instance made with it.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly instance_id?: string;
  @ApiPropertyOptional({
    description: 'Live instances made from it; of what is read.',
    example: 2,
    type: 'integer',
  })
  readonly instances?: number;
  @ApiPropertyOptional({ description: 'Nothing was changed.', example: false })
  readonly dry_run?: boolean;
  @ApiProperty({
    description: 'When it was registered.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
  @ApiProperty({
    description: 'When it was last changed.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly updated_at!: string;
}

export class ServerListDto {
  @ApiProperty({ description: 'One page, newest first.', type: [ServerDto], example: [] })
  readonly servers!: readonly ServerDto[];
  @ApiProperty({
    description: 'Where the next page starts; null on the last one.',
    example: null,
    nullable: true,
    type: String,
  })
  readonly next_cursor!: string | null;
}

export class TemplateDto {
  @ApiProperty({ description: 'Name.', example: 'everything' })
  readonly name!: string;
  @ApiProperty({ description: 'For people.', example: 'The official demonstration server.' })
  readonly description!: string;
  @ApiProperty({ description: 'Image; empty when none is needed.', example: '' })
  readonly image!: string;
  @ApiProperty({ description: 'Version, as text.', example: '' })
  readonly version!: string;
  @ApiProperty({ description: 'Words to find it by.', example: ['bundled'], type: [String] })
  readonly tags!: readonly string[];
  @ApiProperty({ description: 'What a form has to ask for.', type: [EnvironmentVariableDto], example: [] })
  readonly env_schema!: readonly EnvironmentVariableDto[];
  @ApiProperty({ description: 'Port inside the container.', example: null, nullable: true, type: 'integer' })
  readonly port!: number | null;
  @ApiProperty({ description: 'How the server speaks.', example: 'stdio' })
  readonly transport!: string;
}

export class TemplateListDto {
  @ApiProperty({ description: 'All published definitions, by name.', type: [TemplateDto], example: [] })
  readonly templates!: readonly TemplateDto[];
}

export class ListServersQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Part of the name or the description.', example: 'file' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly q?: string;

  @ApiPropertyOptional({ description: 'Only those with this tag.', example: 'bundled' })
  @IsOptional()
  @IsString()
  @MaxLength(63)
  readonly tag?: string;

  @ApiPropertyOptional({
    description: 'Only those of this type.',
    enum: ['docker', 'url', 'stdio'],
    example: 'docker',
  })
  @IsOptional()
  @IsIn(['docker', 'url', 'stdio'])
  readonly type?: string;
}

export class DryRunQuery {
  @ApiPropertyOptional({ description: 'Check everything, change nothing.', example: false, type: Boolean })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'dry_run must be true or false' })
  readonly dry_run?: boolean;
}

export function presentServer(s: DefinitionState, more: Partial<ServerDto> = {}): ServerDto {
  const { type, endpoint, ...defaults } = s.defaults;
  const body: ServerDto = {
    id: s.id,
    name: s.name,
    description: s.description,
    docker_image_url: s.dockerImageUrl,
    version: s.version,
    tags: s.tags,
    status: s.status,
    is_public: s.isPublic,
    env_schema: s.envSchema,
    type: typeOf(s.dockerImageUrl, type),
    ...(typeof endpoint === 'string' ? { url: endpoint } : {}),
    ...presentDefaults(defaults),
    built_in: s.builtIn,
    created_at: s.createdAt.toISOString(),
    updated_at: s.updatedAt.toISOString(),
    ...more,
  };
  return withRowVersion(body, s.rowVersion);
}

export const presentTemplate = (s: DefinitionState): TemplateDto => ({
  name: s.name,
  description: s.description,
  image: s.dockerImageUrl,
  version: s.version,
  tags: s.tags,
  env_schema: s.envSchema,
  port: typeof s.defaults['port'] === 'number' ? s.defaults['port'] : null,
  transport: transportOf(s.defaults),
});

const typeOf = (image: string, type: JsonValue | undefined): string =>
  typeof type === 'string' ? type : image === '' ? 'url' : 'docker';

/** A bundled server's command is a name; outside every command is a list. */
function presentDefaults(defaults: JsonObject): Partial<ServerDto> {
  const { command } = defaults;
  return typeof command === 'string' ? { ...defaults, command: [command] } : defaults;
}

function transportOf({ type, transport }: JsonObject): string {
  if (typeof transport === 'string') return transport;
  return type === 'stdio' ? 'stdio' : 'streamable-http';
}
