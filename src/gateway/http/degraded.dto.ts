import { ApiProperty } from '@nestjs/swagger';
import { type Degraded } from '../calls/discovery';

export class DegradedDto {
  @ApiProperty({ description: 'The server that could not be asked.', example: 'docs-search' })
  readonly server_name!: string;

  @ApiProperty({ description: 'Why, in one sentence.', example: 'starting: The container was started.' })
  readonly reason!: string;

  @ApiProperty({
    description: 'When it is tried again, where that is known.',
    example: '2026-11-21T14:50:34.000Z',
    type: String,
    format: 'date-time',
    nullable: true,
  })
  readonly next_attempt_at!: string | null;

  static readonly from = ({ serverName, reason, nextAttemptAt }: Degraded): DegradedDto => {
    return { server_name: serverName, reason, next_attempt_at: nextAttemptAt?.toISOString() ?? null };
  };
}
