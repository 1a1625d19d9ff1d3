import { ApiExtraModels, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import {
  IsInt,
  IsNotIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { AlsoJudged } from '@app/http';
import { type FieldProblem, type JsonObject, NAME_PATTERN, RESERVED_NAMES } from '@app/kernel';
import { faultsOfLabels, LABEL_VALUE_MAX, LABEL_WORDS, LABELS_MAX } from '../domain/labels';
import { InstancesOptions } from '../instances.options';
import { SpecPreparer } from '../spec/prepare-spec';
import { DockerSpecDto, StdioSpecDto, UrlSpecDto } from './json-spec.dto';

export const NAME_MESSAGE = '$property must be 1-63 lower-case letters, digits, dashes or single underscores';
export const DESCRIPTION_MAX = 4_096;
export const RESERVED = [...RESERVED_NAMES];

export const jsonSpecProperty = {
  description: 'How it runs: docker, url or stdio; merged over the defaults of its template.',
  oneOf: [DockerSpecDto, UrlSpecDto, StdioSpecDto].map((dto) => ({ $ref: getSchemaPath(dto) })),
  example: { type: 'docker', image: 'mcp/filesystem:latest', port: 8001 },
};

/** Faults of labels, and of a specification that says its type; what it lacks, its template may give. */
const rules = new SpecPreparer(new InstancesOptions({ bundled: [] }));
const faultsOfParts = ({ json_spec: spec, labels }: CreateInstanceDto): readonly FieldProblem[] => [
  ...(isSpecWithType(spec) ? rules.judgePart(spec) : []),
  ...(isJsonObject(labels) ? faultsOfLabels(labels) : []),
];

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which bundled servers there are is not known here, so theirs are left to the real judge. */
const isSpecWithType = (spec: unknown): spec is JsonObject =>
  typeof spec === 'object' &&
  spec !== null &&
  'type' in spec &&
  (spec.type === 'docker' || spec.type === 'url');

/** All spellings of a create: with a specification, from a template, or as a service of a template. */
@ApiExtraModels(DockerSpecDto, UrlSpecDto, StdioSpecDto)
@AlsoJudged(faultsOfParts)
export class CreateInstanceDto {
  @ApiPropertyOptional({
    example: 'docs-search',
    description: 'Unique among live instances; part of its address.',
  })
  @ValidateIf(({ service_name: other }: CreateInstanceDto) => other === undefined)
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  @IsNotIn(RESERVED, { message: 'name is a word that has a meaning in our paths' })
  readonly name?: string;

  @ApiPropertyOptional({ example: 'my-fastapi-server', description: 'Another spelling of name.' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: NAME_MESSAGE })
  @IsNotIn(RESERVED, { message: 'service_name is a word that has a meaning in our paths' })
  readonly service_name?: string;

  @ApiPropertyOptional({
    example: 'Searches our documentation.',
    description: 'For people.',
    nullable: true,
    type: String,
  })
  @IsOptional()
  @IsString()
  @MaxLength(DESCRIPTION_MAX)
  readonly description?: string | null;

  @ApiPropertyOptional({
    description: `Marks of your own, at most ${String(LABELS_MAX)}: ${LABEL_WORDS}. Lists are filtered by them.`,
    ...{ type: 'object', maxProperties: LABELS_MAX, nullable: true },
    additionalProperties: { type: 'string', maxLength: LABEL_VALUE_MAX },
    example: { team: 'search', env: 'staging' },
  })
  @IsOptional()
  @IsObject()
  readonly labels?: Record<string, unknown> | null;

  @ApiPropertyOptional({
    example: 'filesystem',
    description: 'Id or name of the definition it is made from.',
    nullable: true,
    type: String,
  })
  @IsOptional()
  @IsString()
  @MaxLength(63)
  readonly server_spec_id?: string | null;

  @ApiPropertyOptional({ example: 'everything', description: 'Name of a published template.' })
  @IsOptional()
  @IsString()
  @MaxLength(63)
  readonly template?: string;

  @ApiPropertyOptional(jsonSpecProperty)
  @IsOptional()
  @IsObject()
  readonly json_spec?: Record<string, unknown>;

  @ApiPropertyOptional({
    description: 'Variables, over those of json_spec.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { DATABASE_URL: 'sqlite:///app.db' },
  })
  @IsOptional()
  @IsObject()
  readonly environment?: Record<string, unknown>;

  @ApiPropertyOptional({
    example: 'agent-7',
    description: 'The agent it is made for; kept as sent.',
    nullable: true,
    type: String,
  })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly agent_id?: string | null;

  @ApiPropertyOptional({ example: 1, description: 'How many containers.', type: 'integer', default: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(32)
  readonly replicas?: number;
}
