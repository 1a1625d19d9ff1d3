import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { INSTANCE_PHASES } from '@app/contracts';
import { type ServerStatus } from '../calls/server-status';

export class TokenStatusDto {
  @ApiProperty({
    description: 'It is renewed before.',
    example: '2026-11-21T15:50:34.000Z',
    format: 'date-time',
  })
  readonly expires_at!: string;
}

export class ServerStatusDto {
  @ApiProperty({ description: 'The name of the instance.', example: 'docs-search' })
  readonly name!: string;

  @ApiProperty({ description: 'Its id.', example: '7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d', format: 'uuid' })
  readonly instance_id!: string;

  @ApiProperty({ description: 'How it is run.', example: 'docker', enum: ['docker', 'url', 'stdio'] })
  readonly type!: string;

  @ApiProperty({ description: 'What was seen of it last.', example: 'running', enum: INSTANCE_PHASES })
  readonly status!: string;

  @ApiProperty({ description: 'Whether it runs and calls get through.', example: true })
  readonly healthy!: boolean;

  @ApiProperty({
    description: 'Why it is as it is; one sentence.',
    example: 'The MCP handshake answered; 13 tools.',
  })
  readonly reason!: string;

  @ApiProperty({ description: 'How long the last probe took.', example: 8, type: Number, nullable: true })
  readonly latency_ms!: number | null;

  @ApiProperty({ description: 'How many tools it has.', example: 13, type: Number, nullable: true })
  readonly tools!: number | null;

  @ApiProperty({
    description: 'Whether the gateway calls it (closed), waits (open), or tries one call (half_open).',
    example: 'closed',
    enum: ['closed', 'open', 'half_open'],
  })
  readonly circuit!: string;

  @ApiProperty({ description: 'Whether the gateway holds a session with it now.', example: true })
  readonly connected!: boolean;

  @ApiProperty({
    description: 'What the gateway met when it last failed to connect.',
    example: 'connect ECONNREFUSED',
    type: String,
    nullable: true,
  })
  readonly last_failure!: string | null;

  @ApiProperty({
    description: 'When the next try is due.',
    example: '2026-11-21T14:50:34.000Z',
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly next_attempt_at!: string | null;

  @ApiProperty({
    description: 'When it was looked at last.',
    example: '2026-11-21T14:50:34.000Z',
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly last_checked_at!: string | null;

  @ApiPropertyOptional({
    description: 'Of a server with OAuth2 client credentials, once it has a token: when that ends.',
    type: TokenStatusDto,
  })
  readonly token?: TokenStatusDto;

  static readonly from = ({
    route,
    healthy,
    circuit,
    connected,
    failure,
    nextAttemptAt,
    tokenExpiresAt,
  }: ServerStatus): ServerStatusDto => {
    return {
      name: route.name,
      instance_id: route.instanceId,
      type: route.spec.type,
      status: route.status,
      healthy,
      reason: route.reason,
      latency_ms: route.latencyMs,
      tools: route.tools,
      circuit,
      connected,
      last_failure: failure,
      next_attempt_at: nextAttemptAt?.toISOString() ?? null,
      last_checked_at: route.lastCheckedAt?.toISOString() ?? null,
      ...(tokenExpiresAt === undefined ? {} : { token: { expires_at: tokenExpiresAt.toISOString() } }),
    };
  };
}

export class ServersStatusDto {
  @ApiProperty({ description: 'Every live instance, by name.', type: [ServerStatusDto], example: [] })
  readonly servers!: readonly ServerStatusDto[];

  @ApiProperty({
    description:
      'How many are in which state; running, degraded and failed always, the others where there are any.',
    example: { running: 3, degraded: 0, failed: 1 },
    type: 'object',
    additionalProperties: { type: 'integer' },
  })
  readonly summary!: Readonly<Record<string, number>>;
}
