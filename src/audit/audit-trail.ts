import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { DEFAULT_WORKSPACE_ID, newId, systemClock } from '@app/kernel';
import { WriteBehind } from '@app/resilience';
import { actorOf, requestContext, type RequestScope, Scrubber, systemScope } from '@app/telemetry';
import { type AuditEntry, type AuditRecord, AuditStore } from './domain/audit-entry';
import { RateCap } from './rate-cap';

const BUFFERED_MAX = 10_000;
const BATCH_MAX = 500;
const FLUSH_EVERY_MS = 250;
/** A refused caller may try as often as it likes; the disk must not be what gives way. */
const DENIALS_PER_SECOND_MAX = 5;
/** How long the end of the process waits for the last batch. */
const LAST_FLUSH_LIMIT_MS = 3_000;

/**
 * Audit rows for what changes no state and so has no event: denials, secrets read for a header. Gathered in memory and
 * written in batches: nobody waits for the database, and up to half a second of rows may be lost in a crash.
 */
@Injectable()
export class AuditTrail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditTrail.name);
  private readonly denials = new RateCap(DENIALS_PER_SECOND_MAX, systemClock);
  private readonly entries: WriteBehind<AuditEntry>;

  constructor(
    store: AuditStore,
    private readonly scrubber: Scrubber,
  ) {
    this.entries = new WriteBehind<AuditEntry>({
      capacity: BUFFERED_MAX,
      batchMax: BATCH_MAX,
      flushEveryMs: FLUSH_EVERY_MS,
      write: (batch) => store.append(batch),
      isAway: isDatabaseUnavailable,
      onAway: (error) => {
        this.logger.warn(`audit rows wait for the database: ${String(error)}`);
      },
      onRefused: ({ action }, error) => {
        this.logger.error(`audit row of action ${action} was refused: ${String(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.entries.start(() => {
      this.recordLosses();
    });
  }

  onApplicationShutdown(): Promise<void> {
    this.recordLosses();
    return this.entries.stop(LAST_FLUSH_LIMIT_MS);
  }

  record(record: AuditRecord): void {
    this.entries.push({
      ...whoOf(requestContext.get()),
      ...record,
      detail: this.scrubber.scrubDeep(record.detail ?? {}),
      id: newId(),
      at: new Date(),
    });
  }

  /** A refused call. Beyond the cap only their number is kept. */
  denied(record: Omit<AuditRecord, 'outcome'>): void {
    if (this.denials.admits()) this.record({ ...record, outcome: 'denied' });
  }

  /** Writes what is there; never rejects. */
  flush(): Promise<void> {
    this.recordLosses();
    return this.entries.flush();
  }

  /** A gap in the trail is itself a fact of the trail. */
  private recordLosses(): void {
    const dropped = this.entries.isWaiting ? 0 : this.entries.takeDropped();
    const suppressed = this.denials.takeSuppressed();
    if (dropped + suppressed === 0) return;
    requestContext.run(systemScope('audit'), () => {
      const about = { resourceType: 'audit', resourceId: 'trail', outcome: 'failed' } as const;
      if (dropped > 0) this.record({ ...about, action: 'audit.entries.dropped', detail: { count: dropped } });
      if (suppressed > 0)
        this.record({ ...about, action: 'audit.denials.suppressed', detail: { count: suppressed } });
    });
  }
}

function whoOf(scope: RequestScope | undefined) {
  const { keyId = null, workspaceId = DEFAULT_WORKSPACE_ID } = scope?.principal ?? {};
  const { address = null, requestId = null } = scope ?? {};
  return { actor: actorOf(scope), keyId, address, requestId, workspaceId };
}
