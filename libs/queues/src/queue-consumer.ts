import { Logger } from '@nestjs/common';
import { UnrecoverableError, type Job } from 'bullmq';

import { Canary, CANARY_TIMES, type CanaryTimes, type CanaryVerdict } from './canary';
import { canaryOf } from './canary-mark';
import { pause, within } from './deadlines';
import { FaultLog } from './fault-log';
import { scopeOfMessage } from './message-origin';
import { inSpan } from './message-span';
import { createWorker, type PacedWorker } from './paced-worker';
import { type QueueBackend } from './queue-backend';
import { QueueSet } from './queue-set';

const REOPEN_DELAY_MS = 1_000;
/** A replaced worker may hang on a dead connection; it is left behind after this time. */
const DISCARD_TIMEOUT_MS = 2_000;

const isGood = (verdict: CanaryVerdict | 'paused'): boolean => verdict === 'passed' || verdict === 'paused';

/** Asked again after each wait; the compiler would otherwise remember the first answer. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;

export interface MessageMeta {
  readonly jobId: string;
  /** 1 at the first try. */
  readonly attempt: number;
}

export interface ConsumerState {
  readonly running: boolean;
  readonly lastCanaryAt?: Date;
  readonly restarts: number;
  readonly healthy: boolean;
}

export interface ConsumerOptions {
  readonly queue: string;
  readonly concurrency: number;
  /** Runs at least once per message and must not mind a second time. `UnrecoverableError` ends the tries. */
  readonly handle: (data: unknown, meta: MessageMeta) => Promise<void>;
  /** Told when it becomes healthy or ceases to be. */
  readonly onState?: (state: ConsumerState) => void;
  readonly canary?: CanaryTimes;
  /** Sends the canaries; without it the consumer opens connections of its own for them. */
  readonly sender?: QueueSet;
}

/** A look is a little late at times. */
const LATE_MS = 1_000;

/**
 * The receiving side of one queue. A worker can stop consuming after its server was reset while it says that it runs, so
 * a canary job is sent through it again and again; a worker that does not bring it is replaced.
 */
export class QueueConsumer {
  readonly #logger: Logger;
  readonly #faults: FaultLog;
  readonly #queues: QueueSet;
  /** Not known before the first flight. */
  #mayBePaused = true;
  readonly #canary: Canary;
  readonly #times: CanaryTimes;
  #worker: PacedWorker | undefined;
  #lifetime: AbortController | undefined;
  #loops: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  #lastJobMs = -Infinity;
  #lastCanaryAt: Date | undefined;
  #restarts = 0;
  #healthy = false;

  constructor(
    private readonly backend: QueueBackend,
    private readonly options: ConsumerOptions,
  ) {
    if (!(Number.isInteger(options.concurrency) && options.concurrency >= 1)) {
      throw new RangeError(`${options.queue}: concurrency starts at 1`);
    }
    this.#logger = new Logger(`QueueConsumer ${options.queue}`);
    this.#faults = new FaultLog(this.#logger, 'receiving');
    this.#queues = options.sender ?? new QueueSet(backend);
    this.#times = options.canary ?? CANARY_TIMES;
    this.#canary = new Canary(this.#queues, options.queue, this.#times.deadlineMs);
  }

  /** Returns at once; while the server is away it keeps trying. */
  start(): void {
    if (this.#lifetime !== undefined) return;
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    this.#loops = this.#open(signal).then(() => this.#watch(signal));
  }

  /** Takes no more jobs, waits for those in work, then leaves: what is cut off is delivered again. */
  async stop(graceMs: number): Promise<void> {
    if (this.#lifetime === undefined) return;
    this.#lifetime.abort();
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) await this.#close(worker, graceMs);
    await this.#loops;
    if (this.options.sender === undefined) await this.#queues.close();
    this.#setHealthy(false);
  }

  state(): ConsumerState {
    return {
      running: this.#worker?.isRunning() ?? false,
      restarts: this.#restarts,
      healthy: this.#healthy,
      ...(this.#lastCanaryAt === undefined ? {} : { lastCanaryAt: this.#lastCanaryAt }),
    };
  }

  async #open(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const worker = this.#create();
      this.#worker = worker;
      try {
        await worker.waitUntilReady();
      } catch (error) {
        this.#faults.failed(error);
        await this.#discard(worker);
        await pause(REOPEN_DELAY_MS, signal);
        continue;
      }
      worker.run().catch((error: unknown) => {
        this.#faults.failed(error);
      });
      return;
    }
  }

  #create(): PacedWorker {
    const { queue, concurrency } = this.options;
    const settings = { queue, concurrency, lookMs: this.#times.lookMs };
    const worker = createWorker(this.backend, settings, (job) => this.#process(job));
    worker.on('error', (error) => {
      this.#faults.failed(error);
    });
    worker.on('failed', (job, error) => {
      this.#reportFailure(job, error);
    });
    return worker;
  }

  async #process(job: Job<unknown, void>): Promise<void> {
    this.#lastJobMs = performance.now();
    const canary = canaryOf(job.data);
    if (canary !== undefined) {
      this.#canary.arrived(canary);
      return;
    }
    this.#inFlight += 1;
    try {
      const scope = scopeOfMessage(this.options.queue, job.opts.telemetry?.metadata);
      const meta = { jobId: job.id ?? '', attempt: job.attemptsMade + 1 };
      await inSpan(scope, { queue: this.options.queue, ...meta }, () => this.options.handle(job.data, meta));
    } finally {
      this.#inFlight -= 1;
      this.#lastJobMs = performance.now();
    }
  }

  /** Tries are silent; one line where it is given up. */
  #reportFailure(job: Job<unknown, void> | undefined, error: Error): void {
    if (job === undefined) return;
    const isLast = job.attemptsMade >= (job.opts.attempts ?? 1) || error instanceof UnrecoverableError;
    if (!isLast || canaryOf(job.data) !== undefined) return;
    this.#logger.error({
      err: error,
      job_id: job.id,
      msg: `gave up after ${String(job.attemptsMade)} attempts`,
    });
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const sentMs = performance.now();
      const verdict = this.#hasJustAsked() ? 'passed' : await this.#verdict(signal);
      if (isOver(signal)) return;
      if (isGood(verdict) || (verdict === 'silent' && this.#isAliveSince(sentMs))) {
        this.#passed();
        await pause(this.#times.everyMs, signal);
      } else if (verdict === 'unreachable') {
        this.#setHealthy(false);
        await pause(this.#times.retryMs, signal);
      } else {
        await this.#replace(signal);
      }
    }
  }

  /** It needs no canary then: whoever asks and is answered would have been given one. */
  #hasJustAsked(): boolean {
    return this.#worker?.hasFetchedSince(performance.now() - this.#times.lookMs - LATE_MS) ?? false;
  }

  /**
   * Out of a paused queue nothing arrives, a canary neither: that its server says so is all there is to know. It is asked
   * before a flight only as long as it may be paused: a question that hangs would keep a dead connection alive.
   */
  async #verdict(signal: AbortSignal): Promise<CanaryVerdict | 'paused'> {
    if (this.#mayBePaused && (await this.#isPaused())) return 'paused';
    const verdict = await this.#canary.fly(signal);
    this.#mayBePaused = verdict === 'silent' && (await this.#isPaused());
    return this.#mayBePaused ? 'paused' : verdict;
  }

  /** Where that cannot be asked the canary finds out what is wrong. */
  #isPaused(): Promise<boolean> {
    return this.#queues.isPaused(this.options.queue).catch(() => false);
  }

  /** Another process may have taken the canary, and a worker with its hands full takes nothing: both are well. */
  #isAliveSince(ms: number): boolean {
    const lastSignMs = Math.max(this.#lastJobMs, this.#worker?.lastFetchMs ?? -Infinity);
    const isAlive = this.#inFlight >= this.options.concurrency || lastSignMs > ms;
    if (isAlive) this.#canary.renew();
    return isAlive;
  }

  #passed(): void {
    this.#lastCanaryAt = new Date();
    this.#faults.recovered();
    this.#setHealthy(true);
  }

  async #replace(signal: AbortSignal): Promise<void> {
    this.#setHealthy(false);
    this.#restarts += 1;
    this.#logger.warn(`does not receive; replacing the worker (replaced ${String(this.#restarts)} times)`);
    const worker = this.#worker;
    if (worker !== undefined) await this.#discard(worker);
    await this.#open(signal);
  }

  async #discard(worker: PacedWorker): Promise<void> {
    await this.#ignoring('closing', within(DISCARD_TIMEOUT_MS, 'closing a worker', worker.close(true)));
  }

  async #close(worker: PacedWorker, graceMs: number): Promise<void> {
    try {
      await within(graceMs, 'jobs in work', worker.close());
    } catch (error) {
      this.#logger.warn(`stopped before its jobs were done: ${String(error)}`);
      await this.#ignoring(
        'cutting',
        within(DISCARD_TIMEOUT_MS, 'cutting off a worker', worker.disconnect()),
      );
    }
  }

  async #ignoring(what: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // It is left behind either way, and its connections end with it.
      this.#logger.debug(`${what}: ${String(error)}`);
    }
  }

  #setHealthy(healthy: boolean): void {
    if (this.#healthy === healthy) return;
    this.#healthy = healthy;
    this.options.onState?.(this.state());
  }
}
