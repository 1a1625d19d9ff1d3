import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject } from 'class-validator';
import { ProblemDto, problemOf } from '@app/http';
import { requestContext } from '@app/telemetry';
import { MAX_BATCH } from '../domain/task';

/** Each is judged for itself: one that is refused is one refused, and not the whole request. */
export class SubmitBatchDto {
  @ApiProperty({
    description: 'Tasks as a single one is submitted.',
    type: 'array',
    items: { $ref: '#/components/schemas/SubmitTaskDto' },
    maxItems: MAX_BATCH,
    example: [{ type: 'analysis', payload: {} }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BATCH)
  @IsObject({ each: true, message: 'each of tasks must be an object' })
  readonly tasks!: readonly Record<string, unknown>[];
}

export class BatchResultDto {
  @ApiProperty({ description: 'Position in the request.', type: 'integer', example: 0 })
  readonly index!: number;
  @ApiProperty({ description: 'The status that it would have got alone.', type: 'integer', example: 201 })
  readonly status!: number;
  @ApiPropertyOptional({ description: 'The task.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly task_id?: string;
  @ApiPropertyOptional({ description: 'How the task stands now.', example: 'completed' })
  readonly task_status?: string;
  @ApiPropertyOptional({
    description: 'The task that tries it again.',
    example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly retried_as?: string;
  @ApiPropertyOptional({ description: 'Why it was refused.', type: ProblemDto })
  readonly problem?: ProblemDto;
}

export class BatchSummaryDto {
  @ApiProperty({ description: 'Accepted.', type: 'integer', example: 1 })
  readonly accepted!: number;
  @ApiProperty({ description: 'Refused.', type: 'integer', example: 0 })
  readonly failed!: number;
}

export class BatchAnswerDto {
  @ApiProperty({ description: 'One for each, in their order.', type: [BatchResultDto], example: [] })
  readonly results!: readonly BatchResultDto[];
  @ApiProperty({
    description: 'How many of each.',
    type: BatchSummaryDto,
    example: { accepted: 1, failed: 0 },
  })
  readonly summary!: BatchSummaryDto;
}

export function answerOf(results: readonly BatchResultDto[]): BatchAnswerDto {
  const failed = results.filter(({ problem }) => problem !== undefined).length;
  return { results, summary: { accepted: results.length - failed, failed } };
}

/** As the same fault is answered when it stands alone. */
export function refused(index: number, path: string, error: unknown, taskId?: string): BatchResultDto {
  const { requestId = '', traceId = '' } = requestContext.get() ?? {};
  const problem = problemOf(error, { path, requestId, traceId }).body;
  return { index, status: problem.status, ...(taskId === undefined ? {} : { task_id: taskId }), problem };
}
