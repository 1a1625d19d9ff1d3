import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ListQuery, WaitQuery } from '@app/http';
import { INSTANCE_PHASES } from '@app/contracts';
import { LABEL_TERMS_MAX, LABEL_VALUE_MAX, LABELS_MAX } from '../domain/labels';
import { LOG_STREAMS, type LogStream } from '../queries/recorded-lines';
import { INSTANCE_SORTS, type InstanceSort } from '../queries/instance-view';
import { SPEC_TYPES } from '../spec/spec.schemas';
import { CreateInstanceDto } from './create-instance.dto';
import { IsLabelTerm } from './is-label-term';

export class UpdateInstanceDto extends PartialType(
  PickType(CreateInstanceDto, ['name', 'description', 'json_spec', 'replicas']),
) {
  @ApiPropertyOptional({
    description: `Labels to set; null takes one away, and null for all of them takes all. ${String(LABELS_MAX)} at most may be left.`,
    ...{ type: 'object', nullable: true },
    additionalProperties: { type: 'string', maxLength: LABEL_VALUE_MAX, nullable: true },
    example: { team: 'search', env: null },
  })
  @IsOptional()
  @IsObject()
  readonly labels?: Record<string, unknown> | null;
}

const asBoolean = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

export class DryRunQuery {
  @ApiPropertyOptional({ description: 'Check everything, change nothing.', example: false, type: Boolean })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'dry_run must be true or false' })
  readonly dry_run?: boolean;
}

export class CreateQuery extends WaitQuery {
  @ApiPropertyOptional({ description: 'Check everything, change nothing.', example: false, type: Boolean })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'dry_run must be true or false' })
  readonly dry_run?: boolean;
}

const words = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.split(',') : value;

/** What is repeatable and was given once. */
const listOf = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? [value] : value);

/** Nobody scrolls further; what is to be read as a whole is read page by page. */
const SKIP_MAX = 100_000;

export class ListInstancesQuery extends ListQuery {
  @ApiPropertyOptional({
    description: 'One or more statuses, separated by commas.',
    example: 'running,failed',
    type: String,
  })
  @IsOptional()
  @Transform(words)
  @IsArray()
  @IsIn(INSTANCE_PHASES, { each: true, message: `status must be of ${INSTANCE_PHASES.join(', ')}` })
  readonly status?: string[];

  @ApiPropertyOptional({ description: 'Part of the name or the description.', example: 'search' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  readonly q?: string;

  @ApiPropertyOptional({ description: 'Only instances of this type.', enum: SPEC_TYPES, example: 'docker' })
  @IsOptional()
  @IsIn(SPEC_TYPES)
  readonly type?: string;

  @ApiPropertyOptional({
    description: 'Only instances of this definition, by id.',
    example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
  })
  @IsOptional()
  @Matches(/^[0-9a-f-]{36}$/i, { message: 'server_spec_id must be an id' })
  readonly server_spec_id?: string;

  @ApiPropertyOptional({
    description: `Only instances with this label: \`key:value\`, or \`key\` for any value. Repeat it, up to ${String(LABEL_TERMS_MAX)} times, for instances that have all of them.`,
    type: [String],
    maxItems: LABEL_TERMS_MAX,
    example: ['team:search'],
  })
  @IsOptional()
  @Transform(listOf)
  @IsArray()
  @ArrayMaxSize(LABEL_TERMS_MAX, { message: `label may be given at most ${String(LABEL_TERMS_MAX)} times` })
  @IsLabelTerm()
  readonly label?: string[];

  @ApiPropertyOptional({ description: 'Order of the list.', enum: INSTANCE_SORTS, example: '-created_at' })
  @IsOptional()
  @IsIn(INSTANCE_SORTS)
  readonly sort?: InstanceSort;

  @ApiPropertyOptional({
    description:
      'Entries to leave out before the first, for lists with a scroll bar. What comes and goes meanwhile moves the rest: pages of which nothing may be missed are read by cursor.',
    type: 'integer',
    minimum: 0,
    maximum: SKIP_MAX,
    example: 400,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'skip must be a whole number' })
  @Min(0, { message: 'skip must be at least 0' })
  @Max(SKIP_MAX, { message: `skip must be at most ${SKIP_MAX}` })
  readonly skip?: number;

  @ApiPropertyOptional({ description: 'Also say how many there are.', example: false, type: Boolean })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'count must be true or false' })
  readonly count?: boolean;
}

export class HistoryQuery extends ListQuery {}

const TAIL_MAX = 10_000;

export class LogsQuery {
  @ApiPropertyOptional({ description: 'Lines from the end.', example: 200, type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(TAIL_MAX)
  readonly tail: number = 200;

  @ApiPropertyOptional({
    description: 'Stay connected; lines arrive as server-sent events.',
    example: false,
    type: Boolean,
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'follow must be true or false' })
  readonly follow?: boolean;

  @ApiPropertyOptional({
    description:
      'Whose words: what it prints (output), the calls that the gateway made of it, or what was seen of its health.',
    enum: LOG_STREAMS,
    example: 'output',
    default: 'output',
  })
  @IsOptional()
  @IsIn(LOG_STREAMS)
  readonly stream: LogStream = 'output';
}

const BULK_MAX = 500;

export class BulkDto {
  @ApiProperty({
    description:
      'What to do, at most 500: {op: "create", instance} or {op: "start"|"stop"|"restart"|"delete", id}.',
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [
      { op: 'create', instance: { name: 'echo-1', template: 'echo' } },
      { op: 'stop', id: 'echo-2' },
    ],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(BULK_MAX)
  @IsObject({ each: true, message: 'each operation must be an object' })
  readonly operations!: Record<string, unknown>[];
}
