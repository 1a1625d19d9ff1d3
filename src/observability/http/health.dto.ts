import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type HealthReport } from '../health.service';

export class LivenessDto {
  @ApiProperty({ description: 'Always "alive": the event loop turns.', example: 'alive' })
  readonly status!: 'alive';
}

export class ReadinessDto {
  @ApiProperty({
    description: 'Whether this process should get traffic.',
    example: 'ready',
    enum: ['ready', 'not_ready'],
  })
  readonly status!: 'ready' | 'not_ready';

  @ApiPropertyOptional({
    description: 'Why not, one sentence each; for callers with health:read.',
    example: ['database: The database does not answer at the moment.'],
    type: [String],
  })
  readonly causes?: readonly string[];
}

export class HealthCheckDto {
  @ApiProperty({ description: 'Whether it works.', example: 'up', enum: ['up', 'down'] })
  readonly status!: 'up' | 'down';

  @ApiProperty({ description: 'Whether this role can work without it.', example: true })
  readonly required!: boolean;

  @ApiProperty({ description: 'One sentence.', example: 'PostgreSQL 18.4' })
  readonly detail!: string;

  @ApiPropertyOptional({ description: 'How it runs.', example: 'embedded' })
  readonly mode?: string;

  @ApiProperty({ description: 'How long the question took.', example: 2 })
  readonly latency_ms!: number;

  @ApiProperty({
    description: 'When it became what it is.',
    example: '2026-11-21T14:50:34.000Z',
    format: 'date-time',
  })
  readonly since!: string;

  @ApiProperty({ description: 'How old this answer is.', example: 120 })
  readonly age_ms!: number;
}

export class HealthDto {
  @ApiProperty({
    description: 'healthy, degraded (something that this role can do without is missing) or unhealthy.',
    example: 'healthy',
    enum: ['healthy', 'degraded', 'unhealthy'],
  })
  readonly status!: string;

  @ApiPropertyOptional({ description: 'The version of the program.', example: '0.1.0' })
  readonly version?: string;

  @ApiPropertyOptional({ description: 'What this process does.', example: 'all-in-one' })
  readonly role?: string;

  @ApiPropertyOptional({ description: 'Seconds since this process started.', example: 3600 })
  readonly uptime_s?: number;

  @ApiPropertyOptional({
    description: 'Whose PostgreSQL it is.',
    example: 'embedded',
    enum: ['embedded', 'external'],
  })
  readonly database_mode?: string;

  @ApiPropertyOptional({ description: 'What carries the queues.', example: 'PostgreSQL' })
  readonly queue_mode?: string;

  @ApiPropertyOptional({ description: 'What runs containers.', example: 'process' })
  readonly engine?: string;

  @ApiPropertyOptional({
    description: 'Protections that are not in force here.',
    example: ['Bundled servers run without a sandbox: bwrap is not installed.'],
    type: [String],
  })
  readonly relaxations?: readonly string[];

  @ApiPropertyOptional({
    description: 'Each dependency by name.',
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/HealthCheckDto' },
    example: {},
  })
  readonly checks?: Readonly<Record<string, HealthCheckDto>>;

  @ApiPropertyOptional({
    description: 'How many instances are in which state.',
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { running: 3, failed: 1 },
  })
  readonly instances?: Readonly<Record<string, number>>;
}

export function toHealthDto(report: HealthReport, role: string, version: string): HealthDto {
  const checks = report.checks.map(({ name, ok, required, detail, mode, latencyMs, since, ageMs }) => {
    const times = { latency_ms: latencyMs, since: since.toISOString(), age_ms: ageMs };
    const state = { status: ok ? ('up' as const) : ('down' as const), required, detail };
    return [name, { ...state, ...(mode === undefined ? {} : { mode }), ...times }] as const;
  });
  return {
    status: report.status,
    ...{ version, role, uptime_s: report.uptimeS },
    ...{ database_mode: report.modes.database, queue_mode: report.modes.queue, engine: report.modes.engine },
    relaxations: report.relaxations,
    checks: Object.fromEntries(checks),
    instances: report.instances,
  };
}
