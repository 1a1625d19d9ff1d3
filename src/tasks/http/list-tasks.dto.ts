import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ListQuery } from '@app/http';
import { DEAD_REASONS, type DeadReason, TASK_STATUSES, type TaskStatus } from '../domain/task';

const LINES_DEFAULT = 200;
const LINES_MAX = 1_000;

export class ListTasksQuery extends ListQuery {
  @ApiPropertyOptional({
    description: 'Only these, comma-separated.',
    example: 'pending,running',
    type: String,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @ArrayMaxSize(TASK_STATUSES.length)
  @IsIn(TASK_STATUSES, { each: true, message: `status must be of ${TASK_STATUSES.join(', ')}` })
  readonly status?: readonly TaskStatus[];

  @ApiPropertyOptional({ description: 'Only this kind of work.', example: 'analysis' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly type?: string;

  @ApiPropertyOptional({
    description: 'Only what this agent has or had last.',
    example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
  })
  @IsOptional()
  @IsUUID()
  readonly agent_id?: string;

  @ApiPropertyOptional({ description: 'Only with this mark.', example: 'pipeline-123' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly pipeline_id?: string;

  @ApiPropertyOptional({
    description: 'Only of this pipeline run.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  @IsOptional()
  @IsUUID()
  readonly run_id?: string;
}

export class ListDeadLettersQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Only this kind of work.', example: 'analysis' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  readonly type?: string;

  @ApiPropertyOptional({
    description: 'Only given up for this.',
    enum: DEAD_REASONS,
    example: 'retries_exhausted',
  })
  @IsOptional()
  @IsIn(DEAD_REASONS)
  readonly reason?: DeadReason;

  @ApiPropertyOptional({ description: 'Only with this mark.', example: 'pipeline-123' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  readonly pipeline_id?: string;
}

export class TaskLogsQuery {
  @ApiPropertyOptional({ description: 'The next_after of the answer before.', example: '1042' })
  @IsOptional()
  @Matches(/^[0-9]{1,18}$/, { message: 'after must be the next_after of an answer' })
  readonly after?: string;

  @ApiPropertyOptional({
    description: 'Lines per answer.',
    type: 'integer',
    minimum: 1,
    maximum: LINES_MAX,
    default: LINES_DEFAULT,
    example: LINES_DEFAULT,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(LINES_MAX)
  readonly limit: number = LINES_DEFAULT;
}
