import { EventEmitter } from 'node:events';

import {
  type PostgresConnection,
  PostgresQueueBackend,
  type PostgresConnectionOptions,
  type QueueBaseOptions,
} from 'bullmq';

import { type ActiveQueues } from './active-queues';

/** Timers fire a little early at times. */
const EARLY_MS = 5;
const MS_PER_S = 1_000;

export interface WaitingOptions {
  /** How late a job is taken whose notice was lost. */
  readonly lookMs: number;
  readonly active: ActiveQueues;
}

type WaitedFor = Awaited<ReturnType<PostgresQueueBackend['waitForJob']>>;

/**
 * PostgreSQL tells when there is a job, so an idle worker has nothing to ask. It looks now and then all the same, because a
 * notice can be lost; and a look that was answered is the sign that the worker would take a job.
 */
export class WaitingBackend extends PostgresQueueBackend {
  /** Monotonic time of the last look that was answered while there was nothing to do. */
  lastLookMs = -Infinity;
  #answers = 0;

  constructor(
    connection: PostgresConnection,
    queue: string,
    options: QueueBaseOptions<PostgresConnectionOptions>,
    private readonly waiting: WaitingOptions,
  ) {
    // The name makes it one of the consumers that can be counted.
    super(connection, queue, options, true, queue);
    // An event of the driver that BullMQ's type of it leaves out.
    const pool: object = connection.pool;
    if (!(pool instanceof EventEmitter)) throw new TypeError('the pool does not say what it was answered');
    pool.on('release', (error: unknown) => {
      if (!(error instanceof Error)) this.#answers += 1;
    });
  }

  override async waitForJob(limitS: number): Promise<WaitedFor> {
    const endMs = performance.now() + limitS * MS_PER_S;
    for (let nowMs = performance.now(); nowMs < endMs; nowMs = performance.now()) {
      const sliceMs = Math.min(this.waiting.lookMs, endMs - nowMs);
      const answers = this.#answers;
      const found = await super.waitForJob(sliceMs / MS_PER_S);
      // Ended before its time, it was interrupted, or something is due; without an answer the worker asks and meets the reason.
      const isOver = performance.now() - nowMs < sliceMs - EARLY_MS || this.#answers === answers;
      if (found !== null || isOver) return found;
      this.lastLookMs = performance.now();
    }
    return null;
  }

  /** What nobody works on cannot have been left lying; one question for all queues of the process finds that out. */
  override async moveStalledJobsToWait(): Promise<string[]> {
    await this.waitUntilReady();
    if (!(await this.waiting.active.has(this.queueName, this.connection.pool))) return [];
    return super.moveStalledJobsToWait();
  }
}
