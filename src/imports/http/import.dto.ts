import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { EnvironmentVariableDto } from '../../catalog';
import { IMPORT_FORMATS } from '../domain/found-server';
import {
  IMPORT_ACTIONS,
  IMPORT_STATUSES,
  ITEM_STATUSES,
  type ImportPlan,
  type PlanItem,
} from '../domain/import-plan';
import { CONTENT_MAX_LENGTH, SERVERS_MAX } from '../reading/read-content';

export class PlanImportDto {
  @ApiProperty({
    description:
      'An image, a docker run, npx or uvx line, an address, the configuration of an MCP client, server.json or a compose file.',
    example: 'docker run -i --rm -e GITHUB_TOKEN mcp/github',
    maxLength: CONTENT_MAX_LENGTH,
  })
  @IsString()
  @MinLength(1)
  @MaxLength(CONTENT_MAX_LENGTH)
  readonly content!: string;
}

export class CommitImportDto {
  @ApiPropertyOptional({
    description: 'Names of the items to import; all of them when absent.',
    type: [String],
    maxItems: SERVERS_MAX,
    example: ['github'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(SERVERS_MAX)
  @IsString({ each: true })
  @MaxLength(63, { each: true })
  readonly include?: string[];
}

export class ImportDefinitionDto {
  @ApiProperty({ description: 'Name.', example: 'github' })
  readonly name!: string;
  @ApiProperty({ description: 'For people.', example: '' })
  readonly description!: string;
  @ApiProperty({ description: 'Image; empty when none is needed.', example: 'mcp/github' })
  readonly docker_image_url!: string;
  @ApiProperty({ description: 'Version, as text.', example: '' })
  readonly version!: string;
  @ApiProperty({
    description: 'A draft cannot be started as it is.',
    enum: ['published', 'draft'],
    example: 'published',
  })
  readonly status!: string;
  @ApiProperty({
    description: 'The contract for the environment.',
    type: [EnvironmentVariableDto],
    example: [],
  })
  readonly env_schema!: readonly EnvironmentVariableDto[];
  @ApiProperty({
    description: 'What its instances take over.',
    type: 'object',
    additionalProperties: true,
    example: { transport: 'stdio' },
  })
  readonly defaults!: object;
}

export class ImportInstanceDto {
  @ApiProperty({ description: 'Name.', example: 'github' })
  readonly name!: string;
  @ApiPropertyOptional({ description: 'Of a bundled server: its template.', example: 'everything' })
  readonly template?: string;
}

export class ImportItemDto {
  @ApiProperty({ description: 'Name; items are chosen by it.', example: 'github' })
  readonly name!: string;
  @ApiProperty({ description: 'What a commit does.', enum: IMPORT_ACTIONS, example: 'create' })
  readonly action!: string;
  @ApiProperty({ description: 'Why.', example: 'It is new.' })
  readonly reason!: string;
  @ApiProperty({ description: 'It is not taken over; the reason says why.', example: false })
  readonly refused!: boolean;
  @ApiProperty({ description: 'What the catalogue would hold.', type: ImportDefinitionDto, nullable: true })
  readonly definition!: ImportDefinitionDto | null;
  @ApiProperty({ description: 'The instance that would be made.', type: ImportInstanceDto, nullable: true })
  readonly instance!: ImportInstanceDto | null;
  @ApiProperty({
    description: 'Names of values that go to the secret store.',
    type: [String],
    example: ['GITHUB_TOKEN'],
  })
  readonly secrets!: readonly string[];
  @ApiProperty({ description: 'What is not as it was in the text.', type: [String], example: [] })
  readonly warnings!: readonly string[];
}

export class ImportFailureDto {
  @ApiProperty({ description: 'Code of the problem.', example: 'instance_name_taken' })
  readonly code!: string;
  @ApiProperty({ description: 'What went wrong.', example: 'An instance named "github" already exists.' })
  readonly detail!: string;
}

export class ImportResultDto {
  @ApiProperty({ description: 'Name of the item.', example: 'github' })
  readonly name!: string;
  @ApiProperty({
    description:
      'going: an instance is not gone yet, ask again; kept: changed or used since, and left to whoever did that.',
    enum: ITEM_STATUSES,
    example: 'created',
  })
  readonly status!: string;
  @ApiPropertyOptional({ description: 'Why it failed or was kept.', type: ImportFailureDto })
  readonly failure?: ImportFailureDto;
}

export class ImportDto {
  @ApiProperty({ description: 'Id.', example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52', format: 'uuid' })
  readonly plan_id!: string;
  @ApiProperty({ description: 'What the text was taken for.', enum: IMPORT_FORMATS, example: 'docker_run' })
  readonly detected_format!: string;
  @ApiProperty({ description: 'How far it is.', enum: IMPORT_STATUSES, example: 'planned' })
  readonly status!: string;
  @ApiProperty({ description: 'What would be, or was, made.', type: [ImportItemDto], example: [] })
  readonly items!: readonly ImportItemDto[];
  @ApiProperty({
    description: 'What became of the items, after a commit or an undo.',
    type: [ImportResultDto],
    example: [],
  })
  readonly results!: readonly ImportResultDto[];
  @ApiProperty({
    description: 'When it was planned.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
  @ApiProperty({
    description: 'When a plan that nobody commits ends.',
    example: '2026-11-21T11:00:00.000Z',
    format: 'date-time',
    nullable: true,
    type: String,
  })
  readonly expires_at!: string | null;
}

export class ImportListDto {
  @ApiProperty({ description: 'Your last 20 imports, newest first.', type: [ImportDto], example: [] })
  readonly imports!: readonly ImportDto[];
}

export const presentImport = (plan: ImportPlan): ImportDto => ({
  plan_id: plan.id,
  detected_format: plan.format,
  status: plan.status,
  items: plan.items.map(presentItem),
  results: plan.results,
  created_at: plan.createdAt.toISOString(),
  expires_at: plan.expiresAt?.toISOString() ?? null,
});

const presentItem = ({
  name,
  action,
  reason,
  refused,
  definition,
  instance,
  secrets,
  warnings,
}: PlanItem): ImportItemDto => ({
  ...{ name, action, reason, refused: refused ?? false, secrets, warnings },
  definition:
    definition === null
      ? null
      : {
          ...{ name: definition.name, description: definition.description, version: definition.version },
          docker_image_url: definition.dockerImageUrl,
          status: definition.status,
          env_schema: definition.envSchema,
          defaults: definition.defaults,
        },
  instance:
    instance === null
      ? null
      : { name: instance.name, ...(instance.template === undefined ? {} : { template: instance.template }) },
});
