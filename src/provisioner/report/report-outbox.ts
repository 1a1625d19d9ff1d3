import { Logger } from '@nestjs/common';
import { type InstancePhase, type InstanceStatusReportedV1, PROVISIONING_STATUS } from '@app/contracts';
import { Backoff } from '@app/resilience';

/** Sends reports; rejects while the queue is away. */
export type SendReports = (reports: readonly InstanceStatusReportedV1[]) => Promise<void>;

/** Changes of phase kept of one instance while the queue is away; beyond that only the newest state counts. */
const MAX_PER_INSTANCE = 20;
/** Of all instances together; beyond that each keeps its newest only. */
const MAX_PENDING = 50_000;
/** One message holds no more. */
const MAX_BATCH = 50;
/** How long a phase on the way to another waits for company: one message, and one transaction, for several of them. */
const GATHER_MS = 200;
/** Nobody waits for these by themselves. What a caller waits for, and what went wrong, is told at once, with all of them. */
const ON_THE_WAY: ReadonlySet<InstancePhase> = new Set([
  'creating',
  'created',
  'starting',
  'stopping',
  'deleting',
]);

/**
 * Keeps what was not accepted yet and sends it again, in order. The newest report of an instance is never dropped, so
 * an outage of the queue delays the truth and does not lose it.
 */
export class ReportOutbox {
  readonly #logger = new Logger(ReportOutbox.name);
  readonly #pending = new Map<string, InstanceStatusReportedV1[]>();
  readonly #backoff: Backoff;
  #count = 0;
  #sending: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #isAway = false;
  #stopped = false;

  constructor(
    private readonly send: SendReports,
    /** Called when the queue took reports again after an outage: what it held before may be lost. */
    private readonly onRecovered: () => void = () => undefined,
    backoff = new Backoff({ initialMs: 250, maxMs: 5_000 }),
  ) {
    this.#backoff = backoff;
  }

  get pending(): number {
    return this.#count;
  }

  push(report: InstanceStatusReportedV1): void {
    const queue = this.#pending.get(report.instance_id) ?? [];
    this.#pending.set(report.instance_id, queue);
    const before = queue.length;
    const last = queue.at(-1);
    if (last?.phase === report.phase && last.generation === report.generation)
      queue[queue.length - 1] = merged(last, report);
    else queue.push(report);
    while (queue.length > MAX_PER_INSTANCE) mergeOldest(queue);
    // Not counted anew: while the queue is away there is one entry per instance, and each reports.
    this.#count += queue.length - before;
    if (this.#count > MAX_PENDING) this.#keepNewestOnly();
    if (ON_THE_WAY.has(report.phase) && report.last_error === undefined) this.#flushSoon();
    else this.#flush();
  }

  /** One last try, for an orderly end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#gathering);
    await this.#sending;
    while (this.#count > 0) if (!(await this.#sendBatch())) return;
  }

  #flushSoon(): void {
    this.#gathering ??= setTimeout(() => {
      this.#flush();
    }, GATHER_MS);
  }

  #flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#sending !== undefined || this.#retry !== undefined || this.#stopped) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#count > 0) {
      if (await this.#sendBatch()) continue;
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#flush();
      }, this.#backoff.nextMs());
      return;
    }
  }

  async #sendBatch(): Promise<boolean> {
    const batch = this.#takeOldest();
    try {
      await this.send(batch);
    } catch (error) {
      this.#putBack(batch);
      if (!this.#isAway)
        this.#logger.warn({ err: error, pending: this.#count, msg: 'status reports wait for the queue' });
      this.#isAway = true;
      return false;
    }
    this.#backoff.reset();
    if (this.#isAway) {
      this.#isAway = false;
      this.#logger.log('status reports flow again');
      this.onRecovered();
    }
    return true;
  }

  #takeOldest(): InstanceStatusReportedV1[] {
    const batch = [...this.#pending.values()]
      .flat()
      .sort((a, b) => a.sequence - b.sequence)
      .slice(0, MAX_BATCH);
    const taken = new Set(batch);
    for (const [id, queue] of this.#pending) {
      const rest = queue.filter((report) => !taken.has(report));
      if (rest.length === 0) this.#pending.delete(id);
      else this.#pending.set(id, rest);
    }
    this.#recount();
    return batch;
  }

  #putBack(batch: readonly InstanceStatusReportedV1[]): void {
    for (const report of batch.toReversed()) {
      const queue = this.#pending.get(report.instance_id) ?? [];
      this.#pending.set(report.instance_id, [report, ...queue]);
    }
    this.#recount();
  }

  #keepNewestOnly(): void {
    for (const queue of this.#pending.values()) while (queue.length > 1) mergeOldest(queue);
    this.#recount();
  }

  #recount(): void {
    this.#count = [...this.#pending.values()].reduce((sum, queue) => sum + queue.length, 0);
  }
}

/** The queue's name, beside the one who fills it. */
export const REPORTS_GO_TO = PROVISIONING_STATUS;

function mergeOldest(queue: InstanceStatusReportedV1[]): void {
  const [oldest, next] = queue;
  if (oldest !== undefined && next !== undefined) queue.splice(0, 2, merged(oldest, next));
}

/** The newer report stands for both; what only the older one said must not be lost: uses of secrets, an error. */
function merged(older: InstanceStatusReportedV1, newer: InstanceStatusReportedV1): InstanceStatusReportedV1 {
  const lastError = newer.last_error === undefined ? older.last_error : newer.last_error;
  return {
    ...newer,
    secrets_read: [...older.secrets_read, ...newer.secrets_read],
    secrets_failed: [...(older.secrets_failed ?? []), ...(newer.secrets_failed ?? [])],
    ...(lastError !== undefined && { last_error: lastError }),
  };
}
