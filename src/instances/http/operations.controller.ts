import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiProblems, RequirePermission } from '@app/http';
import { InstanceScopes } from '../access/instance-scopes';
import { OperationQueries, type OperationView } from '../queries/operation-queries';

class OperationResourceDto {
  @ApiProperty({ description: 'What it is about.', enum: ['instances', 'keyring'], example: 'instances' })
  readonly type!: string;
  @ApiProperty({ description: 'Its id.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly id!: string;
  @ApiProperty({ description: 'Its name at that time.', example: 'docs-search' })
  readonly name!: string;
  @ApiProperty({
    description: 'Where it is.',
    example: '/api/v1/mcp/instances/8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
  })
  readonly href!: string;
}

class OperationStepDto {
  @ApiProperty({ description: 'The phase.', example: 'creating' })
  readonly name!: string;
  @ApiProperty({
    description: 'How it stands.',
    enum: ['running', 'succeeded', 'failed'],
    example: 'succeeded',
  })
  readonly status!: string;
  @ApiProperty({ description: 'When it began.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly started_at!: string;
  @ApiProperty({ description: 'How long it took, once over.', example: 420, nullable: true, type: 'integer' })
  readonly duration_ms!: number | null;
  @ApiProperty({ description: 'What was said of it.', example: 'Pulling the image.' })
  readonly message!: string;
}

class OperationDto {
  @ApiProperty({ description: 'Id.', example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52' })
  readonly id!: string;
  @ApiProperty({
    description: 'What was asked.',
    enum: ['create', 'update', 'start', 'stop', 'restart', 'delete', 'rotate_key'],
    example: 'create',
  })
  readonly kind!: string;
  @ApiProperty({ description: 'What it is about.', type: OperationResourceDto })
  readonly resource!: OperationResourceDto;
  @ApiProperty({
    description: 'How it stands.',
    enum: ['pending', 'running', 'succeeded', 'failed', 'cancelled'],
    example: 'running',
  })
  readonly status!: string;
  @ApiProperty({ description: 'From 0 to 1.', example: 0.4 })
  readonly progress!: number;
  @ApiProperty({ description: 'Its steps so far.', type: [OperationStepDto], example: [] })
  readonly steps!: readonly OperationStepDto[];
  @ApiProperty({
    description: 'Why it failed.',
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: null,
  })
  readonly error!: object | null;
  @ApiProperty({
    description: 'When it was accepted.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly created_at!: string;
  @ApiProperty({
    description: 'When it ended.',
    example: null,
    nullable: true,
    type: String,
    format: 'date-time',
  })
  readonly finished_at!: string | null;
}

@ApiTags('operations')
@Controller({ path: 'operations', version: '1' })
export class OperationsController {
  constructor(
    private readonly operations: OperationQueries,
    private readonly scopes: InstanceScopes,
  ) {}

  @Get(':id')
  @RequirePermission('operations:read')
  @ApiOperation({
    operationId: 'getOperation',
    summary: 'Read how far a change is',
    description: 'Kept for 7 days after it has ended.',
  })
  @ApiParam({ name: 'id', description: 'Id.', example: '0f8c3f5e-6c1f-4c5b-9b6e-2b8f6f0f6f52' })
  @ApiOkResponse({ type: OperationDto })
  @ApiProblems('operation_not_found')
  async get(@Param('id') id: string): Promise<OperationDto> {
    return present(await this.operations.get(this.scopes.ofRequest('operations:read'), id));
  }
}

const present = (o: OperationView): OperationDto => ({
  id: o.id,
  kind: o.kind,
  resource: {
    type: o.resource_type,
    id: o.resource_id,
    name: o.resource_name,
    href:
      o.resource_type === 'keyring' ? '/api/v1/secrets/keyring' : `/api/v1/mcp/instances/${o.resource_id}`,
  },
  status: o.status,
  progress: o.progress,
  steps: o.steps,
  error: o.error,
  created_at: o.created_at.toISOString(),
  finished_at: o.finished_at?.toISOString() ?? null,
});
