import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ProblemDto, problemOf } from '@app/http';
import { requestContext } from '@app/telemetry';
import { type BulkResult } from '../commands/run-bulk.command';
import { OPERATIONS } from './instance-answers';

export class BulkResultDto {
  @ApiProperty({ description: 'Position of the operation in the request.', example: 0, type: 'integer' })
  readonly index!: number;
  @ApiProperty({ description: 'The status that it would have got alone.', example: 201, type: 'integer' })
  readonly status!: number;
  @ApiPropertyOptional({ description: 'The instance.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly id?: string;
  @ApiPropertyOptional({
    description: 'The operation that carries it out.',
    example: '/api/v1/operations/0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52',
  })
  readonly operation?: string;
  @ApiPropertyOptional({ description: 'Why it was refused.', type: ProblemDto })
  readonly problem?: ProblemDto;
}

export class BulkSummaryDto {
  @ApiProperty({ description: 'Accepted operations.', example: 1, type: 'integer' })
  readonly accepted!: number;
  @ApiProperty({ description: 'Refused operations.', example: 0, type: 'integer' })
  readonly failed!: number;
}

export class BulkAnswerDto {
  @ApiProperty({
    description: 'One result for each operation, in their order.',
    type: [BulkResultDto],
    example: [],
  })
  readonly results!: readonly BulkResultDto[];
  @ApiProperty({
    description: 'How many of each.',
    type: BulkSummaryDto,
    example: { accepted: 1, failed: 0 },
  })
  readonly summary!: BulkSummaryDto;
}

export function presentBulk(results: readonly BulkResult[]): BulkAnswerDto {
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  return { results: results.map(presentResult), summary: { accepted: results.length - failed, failed } };
}

function presentResult({ index, op, id, operationId, failure }: BulkResult): BulkResultDto {
  if (failure !== undefined) {
    const problem = problemOf(failure, placeOfRequest()).body;
    return { index, status: problem.status, problem };
  }
  return {
    index,
    status: op === 'create' ? 201 : 202,
    ...(id === undefined ? {} : { id }),
    ...(operationId === undefined ? {} : { operation: `${OPERATIONS}/${operationId}` }),
  };
}

function placeOfRequest() {
  const { requestId = '', traceId = '' } = requestContext.get() ?? {};
  return { path: '/api/v1/mcp/instances/bulk', requestId, traceId };
}
