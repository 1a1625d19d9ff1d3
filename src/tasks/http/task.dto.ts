import { ApiProperty } from '@nestjs/swagger';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { DEAD_REASONS, TASK_PRIORITIES, TASK_STATUSES } from '../domain/task';

const WHEN = { format: 'date-time', example: '2026-11-22T02:20:34.000Z' };
const MAYBE_WHEN = { ...WHEN, type: String, nullable: true };
const MAYBE_TEXT = { type: String, nullable: true };
const MAYBE_NUMBER = { type: 'integer', nullable: true } as const;
const ID = '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a';

export class TaskErrorDto {
  @ApiProperty({ description: 'A word for programs.', example: 'EXECUTION_ERROR' })
  readonly code!: string;
  @ApiProperty({ description: 'A sentence for people.', example: 'Invalid input data format' })
  readonly message!: string;
}

export class TaskLogDto {
  @ApiProperty({ description: 'When it was said.', ...WHEN })
  readonly timestamp!: string;
  @ApiProperty({ description: 'How grave it is.', enum: ['debug', 'info', 'warn', 'error'], example: 'info' })
  readonly level!: string;
  @ApiProperty({ description: 'What was said.', example: 'Task started' })
  readonly message!: string;
  @ApiProperty({ description: 'In which attempt.', type: 'integer', example: 1 })
  readonly attempt!: number;
}

export class TaskAttemptDto {
  @ApiProperty({
    description: 'From 1; a lease that was handed back unused does not count.',
    type: 'integer',
    example: 1,
  })
  readonly attempt!: number;
  @ApiProperty({ description: 'Who had it.', ...MAYBE_TEXT, example: ID })
  readonly agent_id!: string | null;
  @ApiProperty({ description: 'Its name at that time.', ...MAYBE_TEXT, example: 'data-processor' })
  readonly agent_name!: string | null;
  @ApiProperty({
    description: 'Who could have had it, best first, and how each was judged.',
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    example: [],
  })
  readonly candidates!: readonly JsonObject[];
  @ApiProperty({ description: 'When the lease began.', ...WHEN })
  readonly started_at!: string;
  @ApiProperty({ description: 'When the agent said that it has it.', ...MAYBE_WHEN })
  readonly accepted_at!: string | null;
  @ApiProperty({ description: 'When the lease ended.', ...MAYBE_WHEN })
  readonly ended_at!: string | null;
  @ApiProperty({ description: 'How it ended.', ...MAYBE_TEXT, example: 'completed' })
  readonly outcome!: string | null;
  @ApiProperty({ description: 'What went wrong.', type: TaskErrorDto, nullable: true, example: null })
  readonly error!: TaskErrorDto | null;
}

/** A task in a list. */
export class TaskSummaryDto {
  @ApiProperty({ description: 'Its id.', example: ID })
  readonly task_id!: string;
  @ApiProperty({ description: 'The mark of whoever submitted it.', ...MAYBE_TEXT, example: 'pipeline-123' })
  readonly pipeline_id!: string | null;
  @ApiProperty({
    description: 'The mark of whoever submitted it.',
    oneOf: [{ type: 'number' }, { type: 'string' }],
    nullable: true,
    example: 1,
  })
  readonly stage!: JsonValue;
  @ApiProperty({ description: 'What kind of work it is.', example: 'data-ingestion' })
  readonly type!: string;
  @ApiProperty({ description: 'How it stands.', enum: TASK_STATUSES, example: 'running' })
  readonly status!: string;
  @ApiProperty({ description: 'From 0 to 1, as the agent says.', example: 0.75 })
  readonly progress!: number;
  @ApiProperty({ description: 'What the agent said with it.', ...MAYBE_TEXT, example: 'Reading' })
  readonly progress_message!: string | null;
  @ApiProperty({ description: 'Who has it, or had it last.', ...MAYBE_TEXT, example: ID })
  readonly assigned_agent!: string | null;
  @ApiProperty({ description: 'Attempts so far.', type: 'integer', example: 1 })
  readonly attempt!: number;
  @ApiProperty({ description: 'How often it is tried again.', type: 'integer', example: 3 })
  readonly retry_count!: number;
  @ApiProperty({ description: 'How much it matters.', enum: TASK_PRIORITIES, example: 'high' })
  readonly priority!: string;
  @ApiProperty({ description: 'What an agent needs.', type: [String], example: [] })
  readonly capabilities!: readonly string[];
  @ApiProperty({ description: 'The only agent that may have it.', ...MAYBE_TEXT, example: null })
  readonly agent_id!: string | null;
  @ApiProperty({ description: 'What it shares a limit with.', ...MAYBE_TEXT, example: null })
  readonly concurrency_key!: string | null;
  @ApiProperty({ description: 'Seconds that an attempt may run.', type: 'integer', example: 300 })
  readonly timeout!: number;
  @ApiProperty({ description: 'Seconds that it may wait.', ...MAYBE_NUMBER, example: null })
  readonly queue_timeout!: number | null;
  @ApiProperty({ description: 'Seconds for all of it.', ...MAYBE_NUMBER, example: null })
  readonly total_timeout!: number | null;
  @ApiProperty({
    description: 'The last error; null: there is none.',
    type: TaskErrorDto,
    nullable: true,
    example: null,
  })
  readonly error!: TaskErrorDto | null;
  @ApiProperty({
    description: 'Why it was given up.',
    ...MAYBE_TEXT,
    enum: [...DEAD_REASONS, null],
    example: null,
  })
  readonly dead_reason!: string | null;
  @ApiProperty({ description: 'What it waits for, in one sentence.', ...MAYBE_TEXT, example: null })
  readonly waiting_for!: string | null;
  @ApiProperty({ description: 'When it is due, or was.', ...WHEN })
  readonly due_at!: string;
  @ApiProperty({ description: 'Somebody asked for its end.', ...MAYBE_WHEN })
  readonly cancel_requested_at!: string | null;
  @ApiProperty({ description: 'Why.', ...MAYBE_TEXT, example: null })
  readonly cancel_reason!: string | null;
  @ApiProperty({ description: 'The task that it tries again.', ...MAYBE_TEXT, example: null })
  readonly retry_of!: string | null;
  @ApiProperty({ description: 'The task that tries it again.', ...MAYBE_TEXT, example: null })
  readonly retried_as!: string | null;
  @ApiProperty({ description: 'The pipeline run that it belongs to.', ...MAYBE_TEXT, example: null })
  readonly run_id!: string | null;
  @ApiProperty({ description: 'Who wanted it.', example: 'key:bootstrap' })
  readonly submitted_by!: string;
  @ApiProperty({ description: 'When it was submitted.', ...WHEN })
  readonly created_at!: string;
  @ApiProperty({ description: 'When the last attempt began.', ...MAYBE_WHEN })
  readonly started_at!: string | null;
  @ApiProperty({ description: 'When something about it changed.', ...WHEN })
  readonly updated_at!: string;
  @ApiProperty({ description: 'When it ended.', ...MAYBE_WHEN })
  readonly finished_at!: string | null;
}

export class TaskDto extends TaskSummaryDto {
  @ApiProperty({
    description: 'What the agent gets.',
    type: 'object',
    additionalProperties: true,
    example: {},
  })
  readonly payload!: JsonObject;
  @ApiProperty({
    description: 'What the agent answered.',
    nullable: true,
    example: null,
    type: 'object',
    additionalProperties: true,
  })
  readonly result!: JsonValue;
  @ApiProperty({ description: 'The last lines of its log.', type: [TaskLogDto], example: [] })
  readonly logs!: readonly TaskLogDto[];
  @ApiProperty({ description: 'Who had it, and how that ended.', type: [TaskAttemptDto], example: [] })
  readonly attempts!: readonly TaskAttemptDto[];
}

export class TaskListDto {
  @ApiProperty({ description: 'One page, newest first.', type: [TaskSummaryDto], example: [] })
  readonly tasks!: readonly TaskSummaryDto[];
  @ApiProperty({ description: 'The next page; null: there is none.', ...MAYBE_TEXT, example: null })
  readonly next_cursor!: string | null;
}

export class AcceptedTaskDto {
  @ApiProperty({ description: 'Its id.', example: ID })
  readonly task_id!: string;
  @ApiProperty({ description: 'How it stands.', enum: TASK_STATUSES, example: 'pending' })
  readonly status!: string;
  @ApiProperty({ description: 'Where it is.', example: `/api/v1/tasks/${ID}` })
  readonly href!: string;
}
