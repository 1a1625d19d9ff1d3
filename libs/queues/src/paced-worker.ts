import { Worker, type IQueueBackend, type Job, type Processor, type WorkerOptions } from 'bullmq';

import { ActiveQueues } from './active-queues';
import { backendSettings, type QueueBackend } from './queue-backend';
import { BACKOFF_TYPE } from './queue-message';
import { WaitingBackend } from './waiting-backend';

const LOCK_MS = 12_000;
const STALLED_LOOK_MS = 5_000;
/** Part of the time between two looks for which one answer serves all. */
const SHARED_FOR = 0.8;
/** A worker that was killed this often with the same job was probably killed by it. */
const MAX_STALLED = 3;
/** The default of 15 s is the time that a restart of PostgreSQL would cost. */
const RETRY_DELAY_MS = 500;

/** Where notices wake it: its backend looks by itself meanwhile. */
const WAIT_FOR_NOTICE_S = 3_600;

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
  #fetchedMs = -Infinity;
  #failedMs = -Infinity;

  /** Monotonic time of the last answer to "is there a job?". */
  get lastFetchMs(): number {
    const lookedMs = this.backend instanceof WaitingBackend ? this.backend.lastLookMs : -Infinity;
    return Math.max(this.#fetchedMs, lookedMs);
  }

  /** It asked and was answered not longer ago than that, and was not refused since. Only where it asks in any case. */
  hasFetchedSince(ms: number): boolean {
    return this.backend instanceof WaitingBackend && this.lastFetchMs > Math.max(ms, this.#failedMs);
  }

  /** Its type is known to be BullMQ's extension point; it is called for each job that is not handed over inline. */
  protected override async moveToActive(token: string, name?: string): Promise<Job<unknown, void>> {
    try {
      const job = await super.moveToActive(token, name);
      this.#fetchedMs = performance.now();
      return job;
    } catch (error) {
      this.#failedMs = performance.now();
      // BullMQ pauses after a refused connection only; "starting up" or "too many clients" would be asked in a hot loop.
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      throw error;
    }
  }
}

export interface WorkerSettings {
  readonly queue: string;
  readonly concurrency: number;
  /** How late a job is taken whose notice was lost. */
  readonly lookMs: number;
}

/** Jobs in work of a database; all consumers of a process share the look at them. */
const activeQueues = new WeakMap<QueueBackend, ActiveQueues>();

function activeQueuesOf(backend: QueueBackend): ActiveQueues {
  const known = activeQueues.get(backend) ?? new ActiveQueues(STALLED_LOOK_MS * SHARED_FOR);
  activeQueues.set(backend, known);
  return known;
}

export function createWorker(
  backend: QueueBackend,
  { queue, concurrency, lookMs }: WorkerSettings,
  processor: Processor<unknown, void>,
): PacedWorker {
  const waiting = { lookMs, active: activeQueuesOf(backend) };
  const { factory, prefix } = backendSettings(backend, 'worker', waiting);
  const options: WorkerOptions = {
    // Filled in by the factory.
    connection: {},
    prefix,
    concurrency,
    // Started when its first connection stands: BullMQ repeats a failed first connection without a pause.
    autorun: false,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_LOOK_MS,
    ...(backend.kind === 'postgres' ? { drainDelay: WAIT_FOR_NOTICE_S } : {}),
    maxStalledCount: MAX_STALLED,
    runRetryDelay: RETRY_DELAY_MS,
    settings: {
      backoffStrategy: (attemptsMade, type) => (type === BACKOFF_TYPE ? backoffMs(attemptsMade) : 0),
    },
  };
  return new PacedWorker(queue, processor, options, factory);
}
