import { ApiProperty } from '@nestjs/swagger';
import { type OwnSession } from '../sessions/own-sessions';

const WHEN = { example: '2026-11-22T02:15:00.000Z', format: 'date-time' } as const;

export class OwnSessionDto {
  @ApiProperty({ description: 'Its id.', example: '4b2c8f1e-9d0a-4c7b-8e6f-1a2b3c4d5e6f' })
  readonly id!: string;

  @ApiProperty({
    description: 'A browser’s, or a family of tokens.',
    example: 'console',
    enum: ['console', 'token'],
  })
  readonly kind!: string;

  @ApiProperty({ description: 'Whether this request belongs to it.', example: true })
  readonly current!: boolean;

  @ApiProperty({
    description: 'The workspace it acts in.',
    example: '00000000-0000-4000-8000-000000000001',
  })
  readonly workspace_id!: string;

  @ApiProperty({
    description: 'The issuer that proved who it is; null: a password of ours.',
    example: null,
    type: String,
    nullable: true,
  })
  readonly issuer!: string | null;

  @ApiProperty({ description: 'Where it began.', example: '203.0.113.7', type: String, nullable: true })
  readonly address!: string | null;

  @ApiProperty({ description: 'When it began.', ...WHEN })
  readonly created_at!: string;

  @ApiProperty({ description: 'When it was used last, to the minute.', ...WHEN })
  readonly last_seen_at!: string;

  @ApiProperty({ description: 'When it ends: at the latest, or sooner for want of use.', ...WHEN })
  readonly expires_at!: string;
}

export class OwnSessionListDto {
  @ApiProperty({ description: 'Those that are open, the newest first.', type: [OwnSessionDto], example: [] })
  readonly sessions!: readonly OwnSessionDto[];
}

export const presentSession =
  (currentId: string | undefined) =>
  (session: OwnSession): OwnSessionDto => ({
    ...{ id: session.id, kind: session.kind, current: session.id === currentId },
    ...{ workspace_id: session.workspaceId, issuer: session.issuer, address: session.address },
    created_at: session.createdAt.toISOString(),
    last_seen_at: session.lastSeenAt.toISOString(),
    expires_at: new Date(
      Math.min(session.expiresAt.getTime(), session.idleExpiresAt.getTime()),
    ).toISOString(),
  });
