import { randomUUID } from 'node:crypto';

import { type QueueName } from '@app/contracts';

import { MEMBER } from './canary-mark';
import { pause } from './deadlines';
import { type QueueSet } from './queue-set';

export interface CanaryTimes {
  readonly everyMs: number;
  readonly deadlineMs: number;
  /** Pause between tries while the server is away. */
  readonly retryMs: number;
  /** How often a worker looks that is told of jobs: a look that was answered spares the canary its flight. */
  readonly lookMs: number;
}
/** A worker that takes nothing is noticed after a look, a pause and a flight, which is below a minute. */
export const CANARY_TIMES: CanaryTimes = {
  everyMs: 20_000,
  deadlineMs: 15_000,
  retryMs: 2_000,
  lookMs: 20_000,
};

export type CanaryVerdict = 'passed' | 'silent' | 'unreachable';

/** A job that only proves that jobs arrive. One is under way at most, because it keeps its id until it arrives. */
export class Canary {
  #id = `canary_${randomUUID()}`;
  #arrived: () => void = () => undefined;

  constructor(
    private readonly queues: Pick<QueueSet, 'add'>,
    private readonly queue: string,
    private readonly deadlineMs: number,
  ) {}

  arrived(id: string): void {
    if (id === this.#id) this.#arrived();
  }

  async fly(signal: AbortSignal): Promise<CanaryVerdict> {
    const landing = new AbortController();
    this.#arrived = () => {
      landing.abort();
    };
    try {
      await this.queues.add([this.#message()]);
    } catch {
      // Not the worker's fault, so no reason to replace it; QueueSet has logged the loss.
      return 'unreachable';
    }
    await pause(this.deadlineMs, AbortSignal.any([landing.signal, signal]));
    if (!landing.signal.aborted) return 'silent';
    this.renew();
    return 'passed';
  }

  /** After arrival, here or at another process. */
  renew(): void {
    this.#id = `canary_${randomUUID()}`;
  }

  #message() {
    // The consumer's name may be any; the contract lists those that products use.
    const queue = this.queue as QueueName;
    return { queue, jobId: this.#id, data: { [MEMBER]: this.#id }, attempts: 1, keep: false, origin: {} };
  }
}
