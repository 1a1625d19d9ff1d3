import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ATTENTION_KINDS, type AttentionKind } from '../attention/attention';
import { type OverviewReport } from '../overview';
import { type Range, RANGES, type Series } from '../series/series';

const COUNTS = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  nullable: true,
} as const;

export class OverviewCountsDto {
  @ApiProperty({ ...COUNTS, description: 'Instances, by status.', example: { running: 3, failed: 1 } })
  readonly instances!: Readonly<Record<string, number>> | null;

  @ApiProperty({ ...COUNTS, description: 'Agents, by status.', example: { active: 2 } })
  readonly agents!: Readonly<Record<string, number>> | null;

  @ApiProperty({
    ...COUNTS,
    description: 'Runs under way, and those that ended in the last 24 hours, by status.',
    example: { running: 1, completed: 12 },
  })
  readonly runs!: Readonly<Record<string, number>> | null;

  @ApiProperty({ ...COUNTS, description: 'Tasks that are not over, by status.', example: { pending: 4 } })
  readonly tasks!: Readonly<Record<string, number>> | null;
}

export class AttentionDto {
  @ApiProperty({ description: 'What it is.', example: 'instance_failed', enum: ATTENTION_KINDS })
  readonly kind!: AttentionKind;

  @ApiProperty({ description: 'What the object is, in the plural.', example: 'instances' })
  readonly object_type!: string;

  @ApiProperty({ description: 'Its id.', example: '4b2c8f1e-9d0a-4c7b-8e6f-1a2b3c4d5e6f' })
  readonly object_id!: string;

  @ApiProperty({ description: 'Its name.', example: 'docs-search' })
  readonly object_name!: string;

  @ApiProperty({ description: 'One sentence.', example: 'exited 1: DEMO_API_KEY is required' })
  readonly cause!: string;

  @ApiProperty({ description: 'Since when.', example: '2026-11-22T05:00:00.000Z', format: 'date-time' })
  readonly since!: string;

  @ApiProperty({
    description: 'Where it is repaired, in the console below its base.',
    example: '/instances/docs-search?tab=diagnose',
  })
  readonly link!: string;
}

export class CheckedDto {
  @ApiProperty({ description: 'What was looked for.', example: 'instance_failed', enum: ATTENTION_KINDS })
  readonly kind!: AttentionKind;

  @ApiProperty({ description: 'How many there are; the newest ten are listed.', example: 1 })
  readonly total!: number;
}

export class OverviewDto {
  @ApiProperty({
    description: 'When it was looked.',
    example: '2026-11-22T05:00:00.000Z',
    format: 'date-time',
  })
  readonly at!: string;

  @ApiProperty({ description: 'null: not for this caller.', type: OverviewCountsDto })
  readonly counts!: OverviewCountsDto;

  @ApiProperty({ description: 'What needs somebody, the most urgent first.', type: [AttentionDto] })
  readonly attention!: readonly AttentionDto[];

  @ApiProperty({ description: 'What was looked for on behalf of this caller.', type: [CheckedDto] })
  readonly checked!: readonly CheckedDto[];
}

export class SeriesQuery {
  @ApiPropertyOptional({
    description: 'How far back.',
    enum: Object.keys(RANGES),
    default: '1h',
    example: '24h',
  })
  @IsOptional()
  @IsIn(Object.keys(RANGES))
  readonly range: Range = '1h';
}

const NUMBERS = { type: 'array', items: { type: 'number' } } as const;
const GAPS = { type: 'array', items: { type: 'number', nullable: true } } as const;

export class SeriesDto {
  @ApiProperty({ description: 'How far back.', enum: Object.keys(RANGES), example: '1h' })
  readonly range!: string;

  @ApiProperty({ description: 'Seconds that one point stands for.', example: 60 })
  readonly step_s!: number;

  @ApiProperty({
    description: 'When each point begins, the oldest first.',
    type: [String],
    example: ['2026-11-22T05:00:00.000Z'],
  })
  readonly times!: readonly string[];

  @ApiProperty({ ...NUMBERS, description: 'Tool calls per minute.', example: [12.5] })
  readonly calls_per_minute!: readonly number[];

  @ApiProperty({ ...GAPS, description: 'Failed of all calls, 0 to 1; null without calls.', example: [0.01] })
  readonly error_rate!: readonly (number | null)[];

  @ApiProperty({ ...GAPS, description: 'What 95 of 100 calls stayed below, in ms.', example: [48.2] })
  readonly p95_ms!: readonly (number | null)[];

  @ApiProperty({ ...NUMBERS, description: 'The most tasks that waited.', example: [0] })
  readonly waiting_tasks!: readonly number[];
}

export const presentOverview = ({ at, counts, findings }: OverviewReport): OverviewDto => ({
  at: at.toISOString(),
  counts,
  attention: [...findings]
    .sort((a, b) => ATTENTION_KINDS.indexOf(a.kind) - ATTENTION_KINDS.indexOf(b.kind))
    .flatMap(({ lines }) => lines)
    .map((line) => ({
      ...{ kind: line.kind, object_type: line.objectType, object_id: line.objectId },
      ...{
        object_name: line.objectName,
        cause: line.cause,
        since: line.since.toISOString(),
        link: line.link,
      },
    })),
  checked: findings.map(({ kind, total }) => ({ kind, total })),
});

export const presentSeries = (series: Series): SeriesDto => ({
  ...{ range: series.range, step_s: series.stepS },
  times: series.times.map((time) => time.toISOString()),
  ...{ calls_per_minute: series.callsPerMinute, error_rate: series.errorRate },
  ...{ p95_ms: series.p95Ms, waiting_tasks: series.waitingTasks },
});
