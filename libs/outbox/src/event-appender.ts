import { type Database, prepared, storableJson } from '@app/database';
import { DEFAULT_WORKSPACE_ID, newId, type DomainEvent } from '@app/kernel';
import { actorOf, requestContext, type Scrubber, systemScope, type RequestScope } from '@app/telemetry';

import { APPEND_EACH, type AppendEntry, OUTCOME, toEachRow } from './append-each';
import { changeOf, type State } from './change';

/** More than any command makes; a bound so that one statement stays one statement. */
const MAX_EVENTS = 1_000;

/**
 * One statement, so that there is no change without its event, no event without its outbox row and no row of the audit
 * trail without either. The order of the events is kept by the identity of the outbox.
 */
const APPEND = prepared(`
  WITH given AS (
    SELECT * FROM ROWS FROM (
      jsonb_to_recordset($1::jsonb) AS (
        id uuid, name text, aliases text[], aggregate_type text, aggregate_id text, data jsonb, occurred_at timestamptz
      )
    ) WITH ORDINALITY AS g (id, name, aliases, aggregate_type, aggregate_id, data, occurred_at, position)
  ), event AS (
    INSERT INTO domain_event (id, name, aliases, aggregate_type, aggregate_id, data, occurred_at,
                              actor, correlation_id, causation_id, traceparent, workspace_id)
    SELECT id, name, aliases, aggregate_type, aggregate_id, data, occurred_at, $2, $3, $4, $5, $9::uuid
      FROM given ORDER BY position
  ), outgoing AS (
    INSERT INTO outbox (event_id) SELECT id FROM given ORDER BY position
  )
  INSERT INTO audit (id, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, event_id,
                     workspace_id, before, after)
  SELECT gen_random_uuid(), $2, $6, $7, $3, name, aggregate_type, aggregate_id, ${OUTCOME}, id, $9::uuid, $10::jsonb, $11::jsonb
    FROM given WHERE $8::boolean ORDER BY position`);

export interface AppendOptions {
  /** false: the event is an observation, not something somebody did. */
  readonly audit?: boolean;
  /** What the aggregate was; for the audit row, credentials masked. Given without `after`, it was removed. */
  readonly before?: State | undefined;
  /** What it became; given without `before`, it was made. */
  readonly after?: State | undefined;
  /** Whose it is. Default: the workspace of whoever acts. */
  readonly workspaceId?: string | undefined;
}

/** Stores what an aggregate recorded; called inside the transaction that stores its state. */
export class EventAppender {
  constructor(
    private readonly db: Database,
    /** Called after the commit: the relay of this process, or of another one by a notice, need not wait for its poll. */
    private readonly onAppended: () => void = () => undefined,
    /** Knows live secrets, wherever they stand in what is kept of a change. */
    private readonly scrubber?: Pick<Scrubber, 'scrubDeep'>,
  ) {}

  async append(events: readonly DomainEvent[], options: AppendOptions = {}): Promise<void> {
    if (events.length === 0) return;
    if (events.length > MAX_EVENTS) throw new RangeError(`at most ${String(MAX_EVENTS)} events at a time`);
    const scope = requestContext.get() ?? systemScope('unscoped');
    await this.db.execute(APPEND, [
      storableJson(events.map(toRow)),
      ...originOf(scope),
      options.audit ?? true,
      options.workspaceId ?? scope.principal?.workspaceId ?? DEFAULT_WORKSPACE_ID,
      ...this.changed(options),
    ]);
    this.db.afterCommit(this.onAppended);
  }

  /** Events of many callers, in one statement: each has an origin of its own. */
  async appendEach(entries: readonly AppendEntry[]): Promise<void> {
    if (entries.length > 0) await this.db.execute(APPEND_EACH, [this.handOver(entries)]);
  }

  /** For a statement of the caller that stores them with the change itself, by `appending`: its parameter. */
  handOver(entries: readonly AppendEntry[]): string {
    if (entries.length > MAX_EVENTS) throw new RangeError(`at most ${String(MAX_EVENTS)} events at a time`);
    this.db.afterCommit(this.onAppended);
    return storableJson(entries.map(toEachRow));
  }

  /** A change that nobody described is no change: both columns stay empty. */
  private changed({ before, after }: AppendOptions): readonly (string | null)[] {
    if (before === undefined && after === undefined) return [null, null];
    const change = changeOf(before, after);
    return [change.before, change.after].map((state) =>
      state === null ? null : storableJson(this.scrubber?.scrubDeep(state) ?? state),
    );
  }
}

const toRow = (event: DomainEvent): object => ({
  id: newId(),
  name: event.name,
  aliases: event.aliases ?? [],
  aggregate_type: event.aggregateType,
  aggregate_id: event.aggregateId,
  data: event.data,
  occurred_at: event.occurredAt,
});

const originOf = (scope: RequestScope): readonly (string | null)[] => [
  actorOf(scope),
  scope.requestId,
  scope.causationId ?? null,
  scope.traceparent,
  scope.principal?.keyId ?? null,
  scope.address ?? null,
];
