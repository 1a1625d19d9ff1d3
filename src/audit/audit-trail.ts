import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { newId, systemClock } from '@app/kernel';
import { actorOf, requestContext, Scrubber, systemScope } from '@app/telemetry';
import { type AuditEntry, type AuditRecord, AuditStore } from './domain/audit-entry';
import { NewestBuffer } from './newest-buffer';
import { RateCap } from './rate-cap';

/** Kept while the database is away; the newest, because they explain the outage. */
const BUFFERED_MAX = 10_000;
const BATCH_MAX = 500;
const FLUSH_EVERY_MS = 250;
/** A refused caller may try as often as it likes; the disk must not be what gives way. */
const DENIALS_PER_SECOND_MAX = 5;
/** How long the end of the process waits for the last batch. */
const LAST_FLUSH_LIMIT_MS = 3_000;

/**
 * Audit rows for what changes no state and so has no event: denials, tool calls, secrets read for a header. Gathered in
 * memory and written in batches: a call never waits for the database, and up to half a second of rows may be lost in a crash.
 */
@Injectable()
export class AuditTrail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditTrail.name);
  private readonly buffer = new NewestBuffer<AuditEntry>(BUFFERED_MAX);
  private readonly denials = new RateCap(DENIALS_PER_SECOND_MAX, systemClock);
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private isFailing = false;

  constructor(
    private readonly store: AuditStore,
    private readonly scrubber: Scrubber,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const limit = new Promise<void>((resolve) => setTimeout(resolve, LAST_FLUSH_LIMIT_MS).unref());
    await Promise.race([this.flush(), limit]);
  }

  record(record: AuditRecord): void {
    const scope = requestContext.get();
    this.buffer.push({
      ...record,
      detail: this.scrubber.scrubDeep(record.detail ?? {}),
      id: newId(),
      at: new Date(),
      actor: actorOf(scope),
      keyId: scope?.principal?.keyId ?? null,
      address: scope?.address ?? null,
      requestId: scope?.requestId ?? null,
    });
  }

  /** A refused call. Beyond the cap only their number is kept. */
  denied(record: Omit<AuditRecord, 'outcome'>): void {
    if (this.denials.admits()) this.record({ ...record, outcome: 'denied' });
  }

  /** Writes what is there, batch after batch; never rejects. One at a time: two would write out of order. */
  async flush(): Promise<void> {
    this.flushing ??= this.writeAll().finally(() => (this.flushing = undefined));
    await this.flushing;
  }

  private async writeAll(): Promise<void> {
    this.recordLosses();
    let batch = this.buffer.take(BATCH_MAX);
    while (batch.length > 0) {
      try {
        await this.store.append(batch);
      } catch (error) {
        this.complainOnce(error);
        if (isDatabaseUnavailable(error)) {
          this.buffer.putBack(batch);
          return;
        }
        if (!(await this.writeSingly(batch))) return;
      }
      this.isFailing = false;
      batch = this.buffer.take(BATCH_MAX);
    }
  }

  /** One entry that the database refuses for its content must not hold up the others for ever. false: it went away. */
  private async writeSingly(batch: readonly AuditEntry[]): Promise<boolean> {
    for (const [at, entry] of batch.entries()) {
      try {
        await this.store.append([entry]);
      } catch (error) {
        if (isDatabaseUnavailable(error)) {
          this.buffer.putBack(batch.slice(at));
          return false;
        }
        this.logger.error(`audit row of action ${entry.action} was refused: ${String(error)}`);
      }
    }
    return true;
  }

  /** A gap in the trail is itself a fact of the trail. */
  private recordLosses(): void {
    const dropped = this.isFailing ? 0 : this.buffer.takeDropped();
    const suppressed = this.denials.takeSuppressed();
    if (dropped + suppressed === 0) return;
    requestContext.run(systemScope('audit'), () => {
      const about = { resourceType: 'audit', resourceId: 'trail', outcome: 'failed' } as const;
      if (dropped > 0) this.record({ ...about, action: 'audit.entries.dropped', detail: { count: dropped } });
      if (suppressed > 0)
        this.record({ ...about, action: 'audit.denials.suppressed', detail: { count: suppressed } });
    });
  }

  private complainOnce(error: unknown): void {
    if (!this.isFailing) this.logger.warn(`audit rows wait for the database: ${String(error)}`);
    this.isFailing = true;
  }
}
