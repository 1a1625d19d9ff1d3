import { ApiProperty } from '@nestjs/swagger';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { RUN_STATUSES, STAGE_STATUSES } from '../../engine/run-state';
import { type AttemptView } from '../run-view';

export const RUN_ID = '5a1f1f0e-2f0e-4c7e-9f53-6c8f1a2b3c4d';
const PIPELINE_ID = '0d2a6c1c-5a54-4a6e-8c57-1f2e3d4c5b6a';
const TASK_ID = '9b2f8d7e-1c3a-4f5b-8e6d-7a8b9c0d1e2f';
const AT = '2026-11-21T14:50:34.000Z';
const TIME = { example: AT, format: 'date-time' } as const;
const MAYBE_TIME = { example: null, format: 'date-time', type: String, nullable: true } as const;
const MAYBE_ID = { example: null, type: String, nullable: true } as const;
const DOCUMENT = { oneOf: [{}], nullable: true };
const ERROR = {
  type: 'object' as const,
  additionalProperties: true,
  nullable: true,
  example: null,
};

/** The answer to an execution, as it is printed. */
export class StartedRunDto {
  @ApiProperty({ description: 'Id of the run.', example: RUN_ID })
  readonly run_id!: string;
  @ApiProperty({ description: 'Id of the pipeline.', example: PIPELINE_ID })
  readonly pipeline_id!: string;
  @ApiProperty({ description: 'The version that is run.', example: 1, type: 'integer' })
  readonly version!: number;
  @ApiProperty({ description: 'How it stands.', enum: [...RUN_STATUSES], example: 'pending' })
  readonly status!: string;
  @ApiProperty({
    description: 'The lowest index of a stage that is under way; null where none is.',
    example: null,
    type: 'integer',
    nullable: true,
  })
  readonly current_stage!: number | null;
  @ApiProperty({
    description: 'Indices of the stages that completed; it only grows.',
    example: [],
    type: [Number],
  })
  readonly completed_stages!: readonly number[];
  @ApiProperty({
    description: 'Stages that completed, of all: from 0 to 1. A run that completed is at 1.',
    example: 0,
  })
  readonly progress!: number;
}

export class RunSummaryDto extends StartedRunDto {
  @ApiProperty({ description: 'Name of the pipeline.', example: 'data-processing-pipeline' })
  readonly pipeline_name!: string;
  @ApiProperty({
    description: 'What started it.',
    enum: ['api', 'schedule', 'rerun', 'stage'],
    example: 'api',
  })
  readonly cause!: string;
  @ApiProperty({ description: 'Why it failed, or was cancelled: code and message.', ...ERROR })
  readonly error!: object | null;
  @ApiProperty({ description: 'The run of which it is a stage.', ...MAYBE_ID })
  readonly parent_run_id!: string | null;
  @ApiProperty({ description: 'The run that it repeats.', ...MAYBE_ID })
  readonly rerun_of!: string | null;
  @ApiProperty({ description: 'Who started it.', example: 'key:ab12' })
  readonly started_by!: string;
  @ApiProperty({ description: 'When it was accepted.', ...TIME })
  readonly created_at!: string;
  @ApiProperty({ description: 'When it began.', ...MAYBE_TIME })
  readonly started_at!: string | null;
  @ApiProperty({ description: 'When something of it changed last.', ...TIME })
  readonly updated_at!: string;
  @ApiProperty({ description: 'When it was over.', ...MAYBE_TIME })
  readonly finished_at!: string | null;
}

export class RunPageDto {
  @ApiProperty({ description: 'The newest first.', type: [RunSummaryDto] })
  readonly runs!: readonly RunSummaryDto[];
  @ApiProperty({ description: 'Where the next page starts; null on the last.', ...MAYBE_ID })
  readonly next_cursor!: string | null;
}

export class StageAttemptDto {
  @ApiProperty({ description: 'Counted from 1.', example: 1, type: 'integer' })
  readonly attempt!: number;
  @ApiProperty({ description: 'Its task.', example: TASK_ID, type: String, nullable: true })
  readonly task_id!: string | null;
  @ApiProperty({ description: 'Its inner run.', ...MAYBE_ID })
  readonly run_id!: string | null;
  @ApiProperty({
    description: 'How it ended; null while it is under way.',
    enum: ['completed', 'failed', 'cancelled', null],
    example: 'completed',
    nullable: true,
  })
  readonly outcome!: string | null;
  @ApiProperty({ description: 'Why it failed: code and message.', ...ERROR })
  readonly error!: object | null;
  @ApiProperty({ description: 'When it began.', ...TIME })
  readonly started_at!: string;
  @ApiProperty({ description: 'When it ended.', ...MAYBE_TIME })
  readonly ended_at!: string | null;
}

export class RunStageDto {
  @ApiProperty({
    description: 'Its index, counted from 0. Compensations come after the last stage.',
    example: 0,
    type: 'integer',
  })
  readonly stage!: number;
  @ApiProperty({ description: 'Its name.', example: 'data-ingestion' })
  readonly name!: string;
  @ApiProperty({
    description: 'What runs it.',
    enum: ['task', 'tool', 'approval', 'pipeline'],
    example: 'task',
  })
  readonly kind!: string;
  @ApiProperty({
    description: 'The type of its task; of other stages a word for people.',
    example: 'analysis',
  })
  readonly type!: string;
  @ApiProperty({ description: 'Indices of the stages that it waits for.', type: [Number], example: [] })
  readonly after!: readonly number[];
  @ApiProperty({ description: 'Attempts that it may have at most.', example: 1, type: 'integer' })
  readonly max_attempts!: number;
  @ApiProperty({
    description: 'Who may decide, of an approval; empty: whoever may approve this pipeline.',
    type: [String],
    example: [],
  })
  readonly approvers!: readonly string[];
  @ApiProperty({ description: 'How it stands.', enum: [...STAGE_STATUSES], example: 'completed' })
  readonly status!: string;
  @ApiProperty({ description: 'The index of the stage that it undoes.', ...MAYBE_ID, type: 'integer' })
  readonly compensates!: number | null;
  @ApiProperty({ description: 'The stage of an earlier run whose output it has.', ...MAYBE_ID })
  readonly reused_from!: string | null;
  @ApiProperty({ description: 'Why it was skipped.', example: null, type: String, nullable: true })
  readonly reason!: string | null;
  @ApiProperty({ description: 'Why it failed: code and message.', ...ERROR })
  readonly error!: object | null;
  @ApiProperty({ description: 'Ids of its tasks, one for each attempt.', type: [String], example: [TASK_ID] })
  readonly task_ids!: readonly string[];
  @ApiProperty({ description: 'Its attempts, the first one first.', type: [StageAttemptDto] })
  readonly attempts!: readonly AttemptView[];
  @ApiProperty({
    description: 'What somebody decided: decision, comment, decided_by, decided_at.',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: null,
  })
  readonly approval!: object | null;
  @ApiProperty({
    description: 'When it is tried again, or given up.',
    ...MAYBE_TIME,
  })
  readonly due_at!: string | null;
  @ApiProperty({ description: 'When its first attempt began.', ...MAYBE_TIME })
  readonly started_at!: string | null;
  @ApiProperty({ description: 'When it ended.', ...MAYBE_TIME })
  readonly finished_at!: string | null;
  @ApiProperty({
    description:
      'Input and output are left out here, because the run holds more than one answer has room for; read the stage.',
    example: false,
  })
  readonly is_cut!: boolean;
  @ApiProperty({ description: 'What it was given.', example: { source: 's3://bucket/a' }, ...DOCUMENT })
  readonly input!: JsonValue;
  @ApiProperty({ description: 'What it gave.', example: { rows: 120 }, ...DOCUMENT })
  readonly output!: JsonValue;
}

export class RunDto extends RunSummaryDto {
  @ApiProperty({
    description: 'What it works on.',
    example: { source: 's3://bucket/input-data' },
    ...DOCUMENT,
  })
  readonly input!: JsonValue;
  @ApiProperty({
    description: 'How it works.',
    type: 'object',
    additionalProperties: true,
    example: { batch_size: 1000 },
  })
  readonly parameters!: JsonObject;
  @ApiProperty({
    description: 'The stage it began with, where it repeats a part of a run.',
    example: null,
    type: 'integer',
    nullable: true,
  })
  readonly rerun_from!: number | null;
  @ApiProperty({
    description: 'In a sentence, what it waits for; null where it works or is over.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly waiting_for!: string | null;
  @ApiProperty({ description: 'By index.', type: [RunStageDto] })
  readonly stages!: readonly RunStageDto[];
}
