import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { CAPABILITIES_MAX, CAPABILITY_PATTERN } from '../../../agents';
import { type LeaseGrant } from '../asks/lease-answers';

const TASKS_MAX = 100;
const WAIT_MAX_S = 30;

export class AskForTasksDto {
  @ApiPropertyOptional({
    description: 'How many tasks it takes at most. Default: 1.',
    example: 1,
    type: 'integer',
    minimum: 1,
    maximum: TASKS_MAX,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TASKS_MAX)
  readonly max?: number;

  @ApiPropertyOptional({
    description: 'Seconds to wait for a task when there is none. Default: 0.',
    example: 20,
    type: 'integer',
    minimum: 0,
    maximum: WAIT_MAX_S,
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(WAIT_MAX_S)
  readonly wait_s?: number;

  @ApiPropertyOptional({
    description:
      'Of its capabilities, those it has room for now: only tasks that need no others are given. Default: all.',
    example: ['ocr'],
    type: [String],
    maxItems: CAPABILITIES_MAX,
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(CAPABILITIES_MAX)
  @Matches(CAPABILITY_PATTERN, { each: true })
  readonly capabilities?: string[];
}

export class LeasedTaskDto {
  @ApiProperty({ description: 'The task.', example: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', format: 'uuid' })
  readonly task_id!: string;

  @ApiProperty({
    description: 'Goes with everything the agent says of the task; one of an earlier lease is refused.',
    example: 'lt_1.kq3vE9n0Yw0lZr8c2m7Xb5s1a4D6f8G0hJ2kL4nP6qR',
  })
  readonly lease_token!: string;

  @ApiProperty({
    description: 'It is the agent’s until then, and for as long as its heartbeats arrive.',
    example: '2026-11-22T10:00:30.000Z',
    format: 'date-time',
  })
  readonly lease_expires_at!: string;

  @ApiProperty({ description: 'What kind of task it is.', example: 'analysis' })
  readonly type!: string;

  @ApiProperty({
    description: 'What the submitter sent.',
    example: { file: 'report.pdf' },
    type: 'object',
    additionalProperties: true,
  })
  readonly payload!: JsonObject;

  @ApiProperty({ description: 'Which try it is, from 1.', example: 1, type: 'integer' })
  readonly attempt!: number;

  @ApiProperty({ description: 'How urgent it is.', example: 'high', enum: ['high', 'medium', 'low'] })
  readonly priority!: string;

  @ApiProperty({ description: 'What it needs.', example: ['ocr'], type: [String] })
  readonly capabilities!: readonly string[];

  @ApiProperty({
    description: 'The submitter’s mark.',
    example: 'pipeline-123',
    type: String,
    nullable: true,
  })
  readonly pipeline_id!: string | null;

  @ApiProperty({
    description: 'The submitter’s mark of a stage, as it was sent.',
    example: 2,
    nullable: true,
    oneOf: [{ type: 'string' }, { type: 'number' }],
  })
  readonly stage!: JsonValue;

  @ApiProperty({
    description: 'The run it belongs to.',
    example: null,
    type: String,
    format: 'uuid',
    nullable: true,
  })
  readonly run_id!: string | null;

  @ApiProperty({
    description: 'When this try is over, whatever the agent does.',
    example: '2026-11-22T11:00:00.000Z',
    format: 'date-time',
  })
  readonly deadline!: string;

  @ApiProperty({
    description: 'When it was submitted.',
    example: '2026-11-22T09:59:59.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
}

export class LeasedTasksDto {
  @ApiProperty({ description: 'What it was given; empty: there was nothing.', type: [LeasedTaskDto] })
  readonly tasks!: readonly LeasedTaskDto[];
}

export const showLeased = (grant: LeaseGrant): LeasedTaskDto => ({
  task_id: grant.taskId,
  lease_token: grant.leaseToken,
  lease_expires_at: grant.leaseUntil.toISOString(),
  type: grant.type,
  payload: grant.payload,
  attempt: grant.attempt,
  priority: grant.priority,
  capabilities: grant.capabilities,
  pipeline_id: grant.pipelineMark,
  stage: grant.stageMark,
  run_id: grant.runId,
  deadline: grant.runDeadline.toISOString(),
  created_at: grant.createdAt.toISOString(),
});
