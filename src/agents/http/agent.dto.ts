import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { ListQuery } from '@app/http';
import { AGENT_STATUSES, AGENT_TYPES, type AgentStatus, type AgentType } from '../domain/agent';
import { CAPABILITY_PATTERN } from '../domain/capability';
import { roundedLoad } from '../presence/agent-facts';
import { type AgentView } from '../registry/agent-view';
import { AgentEndpointsDto, AgentResourcesDto } from './agent-content.dto';

const WHEN = { format: 'date-time', example: '2026-11-22T02:20:34.000Z' };

export class AgentHealthDto {
  @ApiProperty({ description: 'When its endpoint was asked last.', ...WHEN })
  readonly checked_at!: string;

  @ApiProperty({ description: 'What was wrong; null: nothing.', example: null, type: String, nullable: true })
  readonly error!: string | null;
}

export class AgentDto {
  @ApiProperty({ description: 'Its id.', example: '0b8f6f3e-6f0e-4f6b-9a51-0d3c64a0a001' })
  readonly id!: string;

  @ApiProperty({ description: 'Its name.', example: 'data-processor' })
  readonly name!: string;

  @ApiProperty({ description: 'What it is for.', example: 'worker', enum: AGENT_TYPES })
  readonly type!: AgentType;

  @ApiProperty({
    description:
      'active: it gets tasks; draining: nothing more; lost: not heard of for too long; offline: it ended as announced.',
    example: 'active',
    enum: AGENT_STATUSES,
  })
  readonly status!: AgentStatus;

  @ApiProperty({ description: 'Why, in one sentence.', example: 'It was registered.' })
  readonly status_reason!: string;

  @ApiProperty({ description: 'Since when.', ...WHEN })
  readonly status_since!: string;

  @ApiProperty({ description: 'For people.', example: 'Reads tables.' })
  readonly description!: string;

  @ApiProperty({ description: 'What it can do.', example: ['data-processing'], type: [String] })
  readonly capabilities!: readonly string[];

  @ApiProperty({ description: 'Where it can be reached.', type: AgentEndpointsDto, example: {} })
  readonly endpoints!: AgentEndpointsDto;

  @ApiProperty({ description: 'What it has.', type: AgentResourcesDto, example: { cpu: 4, memory: '8GB' } })
  readonly resources!: AgentResourcesDto;

  @ApiProperty({
    description: 'Marks of whoever registered it.',
    example: {},
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  readonly labels!: Readonly<Record<string, string>>;

  @ApiProperty({ description: 'How many tasks it takes at once.', example: 4, type: 'integer' })
  readonly max_tasks!: number;

  @ApiProperty({ description: 'When it was heard of last.', ...WHEN, type: String, nullable: true })
  readonly last_heartbeat!: string | null;

  @ApiProperty({ description: 'Its load as it says it, from 0 to 1.', example: 0.75 })
  readonly current_load!: number;

  @ApiProperty({ description: 'Tasks that it holds, by our count.', example: 2, type: 'integer' })
  readonly running_tasks!: number;

  @ApiProperty({
    description: 'Tasks that it says it runs; null: it does not say.',
    example: 2,
    type: 'integer',
    nullable: true,
  })
  readonly reported_running_tasks!: number | null;

  @ApiProperty({ description: 'How much of its newest work failed, from 0 to 1.', example: 0 })
  readonly error_rate!: number;

  @ApiProperty({
    description: 'Milliseconds until it took its newest tasks; null: not known.',
    example: 12,
    type: Number,
    nullable: true,
  })
  readonly latency_ms!: number | null;

  @ApiProperty({
    description: 'It asked to be given nothing before.',
    example: null,
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly closed_until!: string | null;

  @ApiPropertyOptional({ description: 'The last look at its health endpoint.', type: AgentHealthDto })
  readonly health?: AgentHealthDto;

  @ApiProperty({ description: 'Who registered it.', example: 'user:7f2f7a52-62f1-4e3b-9a51-0d3c64a0a002' })
  readonly owner!: string;

  @ApiProperty({ description: 'When it was registered.', ...WHEN })
  readonly created_at!: string;

  @ApiProperty({ description: 'When it was changed last.', ...WHEN })
  readonly updated_at!: string;
}

type ShownAgent = { readonly [Member in keyof AgentDto]: AgentDto[Member] };

/** As plain data, so that an answer can say more beside it. */
export function showAgent(view: AgentView): ShownAgent {
  const { id, name, type, status, description, capabilities, endpoints, resources, labels, owner } = view;
  return {
    ...{ id, name, type, status, status_reason: view.statusReason, status_since: isoOf(view.statusSince) },
    ...{ description, capabilities, endpoints, resources, labels, max_tasks: view.maxTasks },
    last_heartbeat: isoOrNull(view.lastHeartbeatAt),
    current_load: roundedLoad(view.currentLoad),
    running_tasks: view.runningTasks,
    reported_running_tasks: view.reportedRunning,
    error_rate: roundedLoad(view.errorRate),
    latency_ms: view.latencyMs === null ? null : Math.round(view.latencyMs),
    closed_until: isoOrNull(view.closedUntil),
    ...(view.probedAt === null
      ? {}
      : { health: { checked_at: isoOf(view.probedAt), error: view.probeError } }),
    ...{ owner, created_at: isoOf(view.createdAt), updated_at: isoOf(view.updatedAt) },
  };
}

const isoOf = (date: Date): string => date.toISOString();
const isoOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;

export class AgentPageDto {
  @ApiProperty({ description: 'Newest first.', type: [AgentDto], example: [] })
  readonly agents!: readonly AgentDto[];

  @ApiProperty({ description: 'Where the next page starts.', example: null, type: String, nullable: true })
  readonly next_cursor!: string | null;
}

export class ListAgentsQuery extends ListQuery {
  @ApiPropertyOptional({ description: 'Only of this type.', example: 'worker', enum: AGENT_TYPES })
  @IsOptional()
  @IsIn(AGENT_TYPES)
  readonly type?: AgentType;

  @ApiPropertyOptional({ description: 'Only in this state.', example: 'active', enum: AGENT_STATUSES })
  @IsOptional()
  @IsIn(AGENT_STATUSES)
  readonly status?: AgentStatus;

  @ApiPropertyOptional({ description: 'Only those that can do this.', example: 'data-processing' })
  @IsOptional()
  @IsString()
  @Matches(CAPABILITY_PATTERN, { message: 'capability is not the name of a capability' })
  readonly capability?: string;
}
