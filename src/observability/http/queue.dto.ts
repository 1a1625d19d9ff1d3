import { ApiProperty } from '@nestjs/swagger';
import { type SeenQueue, type SeenQueues } from '../queues/queues';

const count = (description: string, example: number) => ({ description, example, type: 'integer' as const });
const known = (description: string, example: number) => ({
  description,
  example,
  type: Number,
  nullable: true,
});

export class QueueDto {
  @ApiProperty({ description: 'Its name.', example: 'pipelines.advance' })
  readonly name!: string;
  @ApiProperty({
    description: 'What it is for, and what stands still while it is paused.',
    example: 'Moves runs.',
  })
  readonly purpose!: string;
  @ApiProperty({ description: 'Nothing is taken out of it.', example: false })
  readonly paused!: boolean;
  @ApiProperty(count('Messages that wait, also in a paused queue.', 3))
  readonly waiting!: number;
  @ApiProperty(count('Messages in work.', 1))
  readonly active!: number;
  @ApiProperty(count('Messages that are due later, such as those that are tried again.', 0))
  readonly delayed!: number;
  @ApiProperty(count('Messages that were given up, of the last 7 days.', 0))
  readonly failed!: number;
  @ApiProperty(known('Milliseconds for which the next message has been due; null: none waits.', 120))
  readonly oldest_waiting_ms!: number | null;
  @ApiProperty({ description: 'Messages done a minute, over the last five.', example: 12.4 })
  readonly done_per_minute!: number;
  @ApiProperty(known('Median of milliseconds that the newest waited; null: not known.', 4))
  readonly wait_ms!: number | null;
  @ApiProperty(known('Median of milliseconds that the newest were worked at; null: not known.', 31))
  readonly run_ms!: number | null;
  @ApiProperty(known('Consumers that are connected; null: the server does not say.', 1))
  readonly workers!: number | null;
}

export class QueueListDto {
  @ApiProperty({ description: 'Where the queues live.', example: 'PostgreSQL' })
  readonly backend!: string;
  @ApiProperty({
    description: 'When they were looked at.',
    format: 'date-time',
    example: '2026-11-22T10:00:00.000Z',
  })
  readonly seen_at!: string;
  @ApiProperty({ description: 'All of them.', type: [QueueDto], example: [] })
  readonly queues!: readonly QueueDto[];
}

export const showQueues = ({ backend, at, queues }: SeenQueues): QueueListDto => ({
  ...{ backend, seen_at: at.toISOString(), queues: queues.map(showQueue) },
});

export const showQueue = (queue: SeenQueue): QueueDto => ({
  ...{ name: queue.name, purpose: queue.purpose, paused: queue.isPaused },
  waiting: queue.waiting + queue.paused,
  ...{ active: queue.active, delayed: queue.delayed, failed: queue.failed },
  ...{ oldest_waiting_ms: queue.oldestMs, done_per_minute: queue.donePerMinute },
  ...{ wait_ms: queue.waitMs, run_ms: queue.runMs, workers: queue.workers },
});
