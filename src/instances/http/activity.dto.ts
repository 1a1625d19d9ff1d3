import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { INSTANCE_PHASES } from '@app/contracts';
import { type InstanceActivity } from '../queries/instance-activity';
import { METRIC_WINDOWS, type InstanceMetrics, type MetricWindow } from '../queries/instance-metrics';
import { type UsageSample } from '../queries/usage-samples';

/** A page of a list, at most. */
const IDS_MAX = 100;

export class ActivityQuery {
  @ApiProperty({
    description: 'Ids of at most 100 instances, separated by commas.',
    example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a',
    type: String,
  })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(IDS_MAX)
  @Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { each: true, message: 'ids must be ids' })
  readonly ids!: string[];
}

export class UsageSampleDto {
  @ApiProperty({ description: 'When.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
  @ApiProperty({ description: 'Processor time, 100 = one core; all containers together.', example: 1.5 })
  readonly cpu_percent!: number;
  @ApiProperty({ description: 'Memory in use.', example: 28_311_552, type: 'integer' })
  readonly memory_bytes!: number;
  @ApiProperty({ description: 'Memory it may use.', example: 268_435_456, nullable: true, type: 'integer' })
  readonly memory_limit_bytes!: number | null;

  static readonly from = (sample: UsageSample): UsageSampleDto => ({
    at: sample.at.toISOString(),
    cpu_percent: sample.cpuPercent,
    memory_bytes: sample.memoryBytes,
    memory_limit_bytes: sample.memoryLimitBytes,
  });
}

export class InstanceActivityDto {
  @ApiProperty({ description: 'Id.', example: '8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a' })
  readonly id!: string;
  @ApiProperty({ description: 'Calls per minute over the last five minutes.', example: 12.4 })
  readonly calls_per_minute!: number;
  @ApiProperty({
    description: 'Share of them that did not succeed; null without calls.',
    example: 0.02,
    nullable: true,
    type: Number,
  })
  readonly error_rate!: number | null;
  @ApiProperty({
    description: '95 of 100 of them took at most so many milliseconds.',
    example: 41,
    nullable: true,
    type: Number,
  })
  readonly p95_ms!: number | null;
  @ApiProperty({
    description: 'How often a container took the place of another in the last 24 hours.',
    example: 0,
    type: 'integer',
  })
  readonly restarts!: number;
  @ApiProperty({
    description: 'What it used while somebody asked for it, oldest first; the first question begins it.',
    type: [UsageSampleDto],
    example: [],
  })
  readonly usage!: readonly UsageSampleDto[];

  static readonly from = (activity: InstanceActivity): InstanceActivityDto => ({
    id: activity.id,
    calls_per_minute: activity.callsPerMinute,
    error_rate: activity.errorRate,
    p95_ms: activity.p95Ms,
    restarts: activity.restarts,
    usage: activity.usage.map(UsageSampleDto.from),
  });
}

export class ActivityDto {
  @ApiProperty({
    description: 'One entry for each that there is and that the caller may read.',
    type: [InstanceActivityDto],
    example: [],
  })
  readonly activity!: readonly InstanceActivityDto[];
}

export class MetricsQuery {
  @ApiPropertyOptional({ description: 'How far back.', enum: METRIC_WINDOWS, example: '24h', default: '24h' })
  @IsOptional()
  @IsIn(METRIC_WINDOWS)
  readonly window: MetricWindow = '24h';
}

export class MetricPointDto {
  @ApiProperty({ description: 'Where it begins.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
  @ApiProperty({ description: 'Calls.', example: 120, type: 'integer' })
  readonly calls!: number;
  @ApiProperty({ description: 'Those that did not succeed.', example: 1, type: 'integer' })
  readonly failed!: number;
  @ApiProperty({ description: 'Median in milliseconds.', example: 8, nullable: true, type: Number })
  readonly p50_ms!: number | null;
  @ApiProperty({
    description: '95 of 100 took at most so long.',
    example: 41,
    nullable: true,
    type: Number,
  })
  readonly p95_ms!: number | null;
}

export class ToolUseDto {
  @ApiProperty({ description: 'The tool, by its name at the server.', example: 'echo' })
  readonly name!: string;
  @ApiProperty({ description: 'Calls.', example: 120, type: 'integer' })
  readonly calls!: number;
  @ApiProperty({ description: 'Those that did not succeed.', example: 1, type: 'integer' })
  readonly failed!: number;
  @ApiProperty({
    description: '95 of 100 took at most so many milliseconds.',
    example: 41,
    nullable: true,
    type: Number,
  })
  readonly p95_ms!: number | null;
}

export class PhaseSpanDto {
  @ApiProperty({ description: 'Since when.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly at!: string;
  @ApiProperty({ description: 'What it was doing.', enum: INSTANCE_PHASES, example: 'running' })
  readonly phase!: string;
  @ApiProperty({ description: 'Why.', example: 'It answers.', nullable: true, type: String })
  readonly reason!: string | null;
}

export class InstanceMetricsDto {
  @ApiProperty({ description: 'Where it begins.', example: '2026-11-21T10:00:00.000Z', format: 'date-time' })
  readonly from!: string;
  @ApiProperty({ description: 'Where it ends.', example: '2026-11-22T10:00:00.000Z', format: 'date-time' })
  readonly to!: string;
  @ApiProperty({ description: 'Seconds from one point to the next.', example: 900, type: 'integer' })
  readonly step_s!: number;
  @ApiProperty({
    description: 'Calls before this were too many to be counted.',
    example: '2026-11-21T10:00:00.000Z',
    format: 'date-time',
  })
  readonly complete_from!: string;
  @ApiProperty({ description: 'Oldest first, without gaps.', type: [MetricPointDto], example: [] })
  readonly points!: readonly MetricPointDto[];
  @ApiProperty({ description: 'The tools with the most calls.', type: [ToolUseDto], example: [] })
  readonly tools!: readonly ToolUseDto[];
  @ApiProperty({
    description: 'The phases meanwhile, oldest first; the first may have begun before.',
    type: [PhaseSpanDto],
    example: [],
  })
  readonly phases!: readonly PhaseSpanDto[];

  static readonly from = (metrics: InstanceMetrics): InstanceMetricsDto => ({
    from: metrics.from.toISOString(),
    to: metrics.to.toISOString(),
    step_s: metrics.stepS,
    complete_from: metrics.completeFrom.toISOString(),
    points: metrics.points.map(({ at, calls, failed, p50Ms, p95Ms }) => ({
      ...{ at: at.toISOString(), calls, failed, p50_ms: p50Ms, p95_ms: p95Ms },
    })),
    tools: metrics.tools.map(({ name, calls, failed, p95Ms }) => ({ name, calls, failed, p95_ms: p95Ms })),
    phases: metrics.phases.map(({ at, phase, reason }) => ({ at: at.toISOString(), phase, reason })),
  });
}
