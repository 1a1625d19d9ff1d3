import { Logger } from '@nestjs/common';

import { type QueueName } from '@app/contracts';

import { FaultLog } from './fault-log';
import { type QueueSet } from './queue-set';

/** Shorter than the period, so that a timer which fires a little early is not swallowed for a whole period. */
const HOLD_SHARE = 0.8;

export interface Schedule {
  readonly queue: QueueName;
  /** One message per period and id, however many processes schedule it. */
  readonly id: string;
  readonly everyMs: number;
  readonly data: object;
}

/**
 * Sends a message now and then once per period; returns the way to stop. A timer of each process and a deduplication key,
 * not a scheduler kept by the queue: what lives in the queue goes with a FLUSHALL, and racing upserts make doubles.
 */
export function scheduleEvery(queues: QueueSet, schedule: Schedule): () => void {
  const { queue, id, everyMs, data } = schedule;
  if (!(everyMs > 0)) throw new RangeError(`schedule ${id}: the period must be positive`);
  const faults = new FaultLog(new Logger('Schedule'), `schedule ${id}`);
  const dedupe = { id: `schedule_${id}`, ttlMs: Math.ceil(everyMs * HOLD_SHARE) };
  const send = (): void => {
    queues.add([{ queue, data, dedupe, keep: false }]).then(
      () => {
        faults.recovered();
      },
      (error: unknown) => {
        faults.failed(error);
      },
    );
  };
  send();
  const timer = setInterval(send, everyMs);
  return () => {
    clearInterval(timer);
  };
}
