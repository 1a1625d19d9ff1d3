import { ApiProperty } from '@nestjs/swagger';
import { type Pace } from '../domain/pace';
import { roundedLoad } from '../presence/agent-facts';
import { type KeptHeartbeat } from '../presence/heartbeat-rows';

export class KeptHeartbeatDto {
  @ApiProperty({
    description: 'When it came, or when it was found not to have come.',
    format: 'date-time',
    example: '2026-11-22T02:20:34.000Z',
  })
  readonly at!: string;

  @ApiProperty({ description: 'It did not come.', example: false })
  readonly missed!: boolean;

  @ApiProperty({
    description: 'The load that was known then; null: it was missed.',
    type: Number,
    nullable: true,
    example: 0.25,
  })
  readonly load!: number | null;
}

export class HeartbeatListDto {
  @ApiProperty({ description: 'Seconds within which agents should speak now.', example: 5 })
  readonly interval_s!: number;

  @ApiProperty({
    description: 'Seconds for which an agent is believed to be there after it was heard of.',
    example: 30,
  })
  readonly lease_s!: number;

  @ApiProperty({
    description: 'The newest 90, the oldest of them first.',
    type: [KeptHeartbeatDto],
    example: [],
  })
  readonly heartbeats!: readonly KeptHeartbeatDto[];
}

export const showHeartbeats = (
  { intervalS, leaseS }: Pace,
  kept: readonly KeptHeartbeat[],
): HeartbeatListDto => ({
  ...{ interval_s: intervalS, lease_s: leaseS },
  heartbeats: kept.map(({ at, load }) => ({
    ...{ at: at.toISOString(), missed: load === null, load: load === null ? null : roundedLoad(load) },
  })),
});
