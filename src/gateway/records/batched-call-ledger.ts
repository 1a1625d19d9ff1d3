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
import { CallStore, type StoredCall } from './call-store';
import { CallMetrics } from './call-metrics';
import { recordSpans } from './call-spans';

/** Rows kept while the database is away, the newest: at 100 calls a second, more than three minutes of them. */
const BUFFERED_MAX = 20_000;
const BATCH_MAX = 1_000;
const FLUSH_EVERY_MS = 500;
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
  private readonly rows: WriteBehind<StoredCall>;
  private readonly dropped: Counter;

  constructor(
    store: CallStore,
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
      this.dropped.add(this.rows.takeDropped());
    });
    this.rows = new WriteBehind<StoredCall>({
      capacity: BUFFERED_MAX,
      batchMax: BATCH_MAX,
      flushEveryMs: FLUSH_EVERY_MS,
      write: (batch) => store.append(batch),
      isAway: isDatabaseUnavailable,
      onAway: (error) => {
        this.logger.warn(`records of calls wait for the database: ${String(error)}`);
      },
      onRefused: ({ record: { method } }, error) => {
        this.logger.error(`a record of ${method} was refused: ${String(error)}`);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.rows.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.rows.stop(LAST_FLUSH_LIMIT_MS);
  }

  override record(record: CallRecord, scope: RequestScope | undefined = requestContext.get()): void {
    this.callMetrics.count(record);
    if (scope !== undefined && tracer.follows(scope.traceparent)) recordSpans(record, scope);
    if (scope !== undefined && accessLog.isOn) this.log(record, scope);
    if (!KEPT_METHODS.has(record.method) && record.outcome !== 'denied') return;
    this.rows.push(storedCall(this.presentable(record), scope));
  }

  /** Writes what is there; never rejects. */
  flush(): Promise<void> {
    return this.rows.flush();
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
