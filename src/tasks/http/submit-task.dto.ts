import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { CAPABILITIES_MAX, CAPABILITY_PATTERN } from '../../agents';
import { TASK_PRIORITIES, type TaskPriority } from '../domain/task';
import { type TaskDraft, type TaskOwner } from '../domain/task-draft';
import { IsMark } from './is-mark';

const TYPE_PATTERN = /^[a-z0-9-]{1,64}$/;
const MARK_MAX = 128;
const WEEK_S = 604_800;
const MONTH_S = 2_678_400;
const RETRIES_MAX = 100;

/** The body of the required documents, and what we add to it. */
export class SubmitTaskDto {
  @ApiPropertyOptional({
    description: 'A mark of yours, kept as sent: it starts no run.',
    example: 'pipeline-123',
    type: String,
    nullable: true,
  })
  @IsOptional()
  @IsString()
  @MaxLength(MARK_MAX)
  readonly pipeline_id?: string | null;

  @ApiPropertyOptional({
    description: 'A mark of yours, kept as sent: a number or a word.',
    example: 1,
    oneOf: [{ type: 'integer' }, { type: 'string', maxLength: MARK_MAX }],
    nullable: true,
  })
  @IsOptional()
  @IsMark()
  readonly stage?: number | string | null;

  @ApiProperty({
    description:
      'What kind of work it is: data-ingestion, transformation, analysis, validation, processing, output, or a word of yours.',
    example: 'data-ingestion',
    pattern: TYPE_PATTERN.source,
  })
  @Matches(TYPE_PATTERN, { message: 'type must be 1-64 lower-case letters, digits or dashes' })
  readonly type!: string;

  @ApiProperty({
    description: 'What the agent gets; at most 256 KiB as JSON.',
    type: 'object',
    additionalProperties: true,
    example: { data_source: 's3://bucket/data.csv', parameters: { format: 'csv', delimiter: ',' } },
  })
  @IsObject()
  readonly payload!: JsonObject;

  @ApiPropertyOptional({
    description: 'What waits long enough overtakes what has a higher one.',
    enum: TASK_PRIORITIES,
    default: 'medium',
    example: 'high',
  })
  @IsOptional()
  @IsIn(TASK_PRIORITIES)
  readonly priority?: TaskPriority;

  @ApiPropertyOptional({
    description: 'Seconds that one attempt may run. Default: TASK_TIMEOUT.',
    type: 'integer',
    example: 300,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(WEEK_S)
  readonly timeout?: number;

  @ApiPropertyOptional({
    description: 'How often it is tried again after it failed.',
    type: 'integer',
    default: 3,
    example: 3,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(RETRIES_MAX)
  readonly retry_count?: number;

  @ApiPropertyOptional({
    description: 'An agent needs all of them. Left out, any worker may have it.',
    type: [String],
    example: ['data-processing'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(CAPABILITIES_MAX)
  @Matches(CAPABILITY_PATTERN, {
    each: true,
    message: 'each of capabilities must be a word of lower-case letters, digits and . _ : / -',
  })
  readonly capabilities?: readonly string[];

  @ApiPropertyOptional({
    description: 'Id or name of the only agent that may have it.',
    example: 'data-processor',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MARK_MAX)
  readonly agent_id?: string;

  @ApiPropertyOptional({
    description: 'Not before this time.',
    format: 'date-time',
    example: '2026-11-23T06:00:00Z',
  })
  @IsOptional()
  @IsISO8601({ strict: true })
  readonly run_at?: string;

  @ApiPropertyOptional({
    description: 'Seconds that it may wait each time it is due; then it is given up.',
    type: 'integer',
    example: 600,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MONTH_S)
  readonly queue_timeout?: number;

  @ApiPropertyOptional({
    description: 'Seconds for all of it, waiting, running and trying again.',
    type: 'integer',
    example: 3_600,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MONTH_S)
  readonly total_timeout?: number;

  @ApiPropertyOptional({
    description: 'Tasks with the same key share a limit of how many run at once.',
    example: 'warehouse',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MARK_MAX)
  readonly concurrency_key?: string;
}

const given = <Name extends string, T>(name: Name, value: T | null | undefined): Partial<Record<Name, T>> =>
  value === undefined || value === null ? {} : ({ [name]: value } as Record<Name, T>);

export const toDraft = (body: SubmitTaskDto): TaskDraft => ({
  ...{ type: body.type, payload: body.payload },
  ...given('pipelineMark', body.pipeline_id),
  ...given<'stageMark', JsonValue>('stageMark', body.stage),
  ...given('priority', body.priority),
  ...given('timeoutS', body.timeout),
  ...given('retryCount', body.retry_count),
  ...given('capabilities', body.capabilities),
  ...given('agent', body.agent_id),
  ...given('runAt', body.run_at === undefined ? undefined : new Date(body.run_at)),
  ...given('queueTimeoutS', body.queue_timeout),
  ...given('totalTimeoutS', body.total_timeout),
  ...given('concurrencyKey', body.concurrency_key),
});

export const ownerOf = ({ workspaceId, userId, keyId, agentId }: Principal): TaskOwner => ({
  ...{ workspaceId, userId, keyId, agentId, submittedBy: actorOf(requestContext.get()) },
});
