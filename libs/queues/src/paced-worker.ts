import { Worker, type IQueueBackend, type Job, type Processor, type WorkerOptions } from 'bullmq';

import { backendSettings, type QueueBackend } from './queue-backend';
import { BACKOFF_TYPE } from './queue-message';

const LOCK_MS = 12_000;
const STALLED_LOOK_MS = 5_000;
/** A worker that was killed this often with the same job was probably killed by it. */
const MAX_STALLED = 3;
/** The default of 15 s is the time that a restart of PostgreSQL would cost. */
const RETRY_DELAY_MS = 500;

const FIRST_BACKOFF_MS = 250;
/** Below the 30 s within which desired state is reached after an outage. */
const MAX_BACKOFF_MS = 10_000;

/** Doubles to a cap; the lower half is random, so that jobs which failed together do not return together. */
export function backoffMs(attemptsMade: number, random: () => number = Math.random): number {
  const full = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attemptsMade - 1, 16));
  return Math.round(full * (0.5 + random() / 2));
}

/** BullMQ's worker, which says when it last reached its server, and does not hammer one that refuses. */
export class PacedWorker extends Worker<unknown, void, string, IQueueBackend> {
  /** Monotonic time of the last answer to "is there a job?". */
  lastFetchMs = -Infinity;

  /** Its type is known to be BullMQ's extension point; it is called for each job that is not handed over inline. */
  protected override async moveToActive(token: string, name?: string): Promise<Job<unknown, void>> {
    try {
      const job = await super.moveToActive(token, name);
      this.lastFetchMs = performance.now();
      return job;
    } catch (error) {
      // BullMQ pauses after a refused connection only; "starting up" or "too many clients" would be asked in a hot loop.
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      throw error;
    }
  }
}

export function createWorker(
  backend: QueueBackend,
  queue: string,
  concurrency: number,
  processor: Processor<unknown, void>,
): PacedWorker {
  const { factory, prefix } = backendSettings(backend, 'worker');
  const options: WorkerOptions = {
    // Filled in by the factory.
    connection: {},
    prefix,
    concurrency,
    // Started when its first connection stands: BullMQ repeats a failed first connection without a pause.
    autorun: false,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_LOOK_MS,
    maxStalledCount: MAX_STALLED,
    runRetryDelay: RETRY_DELAY_MS,
    settings: {
      backoffStrategy: (attemptsMade, type) => (type === BACKOFF_TYPE ? backoffMs(attemptsMade) : 0),
    },
  };
  return new PacedWorker(queue, processor, options, factory);
}
