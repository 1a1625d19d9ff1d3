import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { DEFAULT_WORKSPACE_ID, newId } from '@app/kernel';
import { WriteBehind } from '@app/resilience';
import {
  accessLog,
  actorOf,
  type Counter,
  Metrics,
  type Principal,
  requestContext,
  type RequestScope,
  Scrubber,
  tracer,
} from '@app/telemetry';
import { CallLedger, type CallRecord } from './call-record';
import { type CallPage, CallStore, type StoredCall } from './call-store';
import { CallMetrics } from './call-metrics';
import { recordSpans } from './call-spans';

/** Of calls on a page: the smallest number that is let go when there is no room. */
const PAGE_CALLS = 1_000;
/** Pages kept while the database is away, the newest: at 100 calls a second ten minutes of them, in 9 MB. */
const PAGES_MAX = 64;
/** Of pages in a statement, which takes a fifth of a second then. */
const BATCH_PAGES = 32;
/** Rarely and then much: each time the database begins to work, it takes a processor from those who serve calls. */
const FLUSH_EVERY_MS = 1_000;
/** How long the end of the process waits for the last batch. */
const LAST_FLUSH_LIMIT_MS = 3_000;
/** Text that an upstream or a caller chose. */
const TARGET_MAX = 1_024;

/** What uses something up or hands something out. Lists and handshakes are counted, and leave no row unless denied. */
const KEPT_METHODS: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get']);

/** Counts at once and writes later: a call costs some additions and one small object, whatever the database does. */
@Injectable()
export class BatchedCallLedger extends CallLedger implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('CallLedger');
  private readonly pages: WriteBehind<CallPage>;
  private page: CallPage | undefined;
  private readonly dropped: Counter;

  constructor(
    private readonly store: CallStore,
    private readonly scrubber: Scrubber,
    private readonly callMetrics: CallMetrics,
    metrics: Metrics,
  ) {
    super();
    this.dropped = metrics
      .counter(
        'call_records_dropped_total',
        'Records of calls that found no room while the database was away.',
      )
      .of();
    metrics.onScrape(() => {
      this.dropped.add(this.pages.takeDropped());
    });
    this.pages = new WriteBehind<CallPage>({
      capacity: PAGES_MAX,
      batchMax: BATCH_PAGES,
      weigh: ({ count }) => count,
      flushEveryMs: FLUSH_EVERY_MS,
      write: (batch) => store.append(batch),
      isAway: isDatabaseUnavailable,
      onAway: (error) => {
        this.logger.warn(`records of calls wait for the database: ${String(error)}`);
      },
      divide: (page) => page.halves(),
      onRefused: (_, error) => {
        this.logger.error(`the record of a call was refused: ${String(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.pages.start(() => {
      // While the database is away pages become full, so that there is room for as many calls as said.
      if (!this.pages.isWaiting) this.turnPage();
    });
  }

  onApplicationShutdown(): Promise<void> {
    this.turnPage();
    return this.pages.stop(LAST_FLUSH_LIMIT_MS);
  }

  override record(record: CallRecord, scope: RequestScope | undefined = requestContext.get()): void {
    this.callMetrics.count(record);
    if (scope !== undefined && tracer.follows(scope.traceparent)) recordSpans(record, scope);
    if (scope !== undefined && accessLog.isOn) this.log(record, scope);
    if (!KEPT_METHODS.has(record.method) && record.outcome !== 'denied') return;
    this.page ??= this.store.newPage();
    this.page.add(storedCall(this.presentable(record), scope));
    if (this.page.count >= PAGE_CALLS) this.turnPage();
  }

  /** Writes what is there; never rejects. */
  flush(): Promise<void> {
    this.turnPage();
    return this.pages.flush();
  }

  private turnPage(): void {
    const { page } = this;
    this.page = undefined;
    if (page !== undefined) this.pages.push(page);
  }

  private log(record: CallRecord, scope: RequestScope): void {
    const { face, method, target, serverName, outcome, code, durationMs } = this.presentable(record);
    const members = { face, method, target, server: serverName, outcome, code };
    accessLog.tell(scope, { ...members, duration_ms: Math.round(durationMs) }, 'an MCP request was answered');
  }

  /** An address of a resource may hold a secret, and is as long as its caller likes. */
  private presentable(record: CallRecord): CallRecord {
    const { target } = record;
    if (target === undefined) return record;
    const shown = this.scrubber.scrub(target.slice(0, TARGET_MAX));
    return shown === target ? record : { ...record, target: shown };
  }
}

const NO_SCOPE: Partial<RequestScope> = {};
const NOBODY: Partial<Principal> = {};

/** Written out member by member: joining objects would be most of what a record costs here. */
function storedCall(record: CallRecord, scope: RequestScope | undefined): StoredCall {
  const { principal, address, requestId, traceId } = scope ?? NO_SCOPE;
  const { keyId, workspaceId = DEFAULT_WORKSPACE_ID } = principal ?? NOBODY;
  return {
    id: newId(),
    at: new Date(),
    actor: actorOf(scope),
    keyId: keyId ?? null,
    address: address ?? null,
    requestId: requestId ?? null,
    traceId: traceId ?? null,
    workspaceId,
    record,
  };
}
