import { prepared } from '@app/database';
import { DEFAULT_WORKSPACE_ID, type DomainEvent, newId } from '@app/kernel';
import { actorOf, type RequestScope, systemScope } from '@app/telemetry';

/** An event with whoever caused it: many callers' work may be stored in one transaction. */
export interface AppendEntry {
  readonly event: DomainEvent;
  /** Default: nobody's request. */
  readonly scope?: RequestScope | undefined;
  /** Whose it is. Default: the workspace of whoever acts. */
  readonly workspaceId?: string | undefined;
  /** Default true: somebody did it, and the trail says so. */
  readonly audit?: boolean | undefined;
  /** By the database's clock, when it is stored, whatever time the event has: where that clock is not known before. */
  readonly isNow?: boolean | undefined;
}

/** What an event reports may be a failure: the trail does not say of it that something succeeded. */
export const OUTCOME = `CASE WHEN name LIKE '%.failed' THEN 'failed' ELSE 'succeeded' END`;

/**
 * The parts of a WITH that store events, each with an origin of its own: in the statement that makes the change a round trip
 * less, and there is no change without its event all the same. `parameter` is what `EventAppender.handOver` gave; `which` says
 * which of the events are stored, where only the statement itself knows what it changed.
 */
export const appending = (parameter: string, which = 'true'): string => `
  told AS MATERIALIZED (
    SELECT * FROM ROWS FROM (
      jsonb_to_recordset(${parameter}::jsonb) AS (
        id uuid, name text, aliases text[], aggregate_type text, aggregate_id text, data jsonb, occurred_at timestamptz,
        actor text, correlation_id text, causation_id text, traceparent text, key_id text, address text,
        workspace_id uuid, audit boolean
      )
    ) WITH ORDINALITY AS g (id, name, aliases, aggregate_type, aggregate_id, data, occurred_at, actor, correlation_id,
                            causation_id, traceparent, key_id, address, workspace_id, audit, position)
     WHERE ${which}
  ), told_event AS (
    INSERT INTO domain_event (id, name, aliases, aggregate_type, aggregate_id, data, occurred_at,
                              actor, correlation_id, causation_id, traceparent, workspace_id)
    SELECT id, name, aliases, aggregate_type, aggregate_id, data, coalesce(occurred_at, now()),
           actor, correlation_id, causation_id, traceparent, workspace_id
      FROM told ORDER BY position
  ), told_outgoing AS (
    INSERT INTO outbox (event_id) SELECT id FROM told ORDER BY position
  ), told_trail AS (
    INSERT INTO audit (id, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, event_id, workspace_id)
    SELECT gen_random_uuid(), actor, key_id, address, correlation_id, name, aggregate_type, aggregate_id, ${OUTCOME}, id, workspace_id
      FROM told WHERE audit ORDER BY position
  )`;

/** As `append`, with an origin of its own for each event. */
export const APPEND_EACH = prepared(`WITH ${appending('$1')} SELECT 1 AS one WHERE false`);

export const toEachRow = ({ event, scope = systemScope('unscoped'), ...entry }: AppendEntry): object => ({
  id: newId(),
  name: event.name,
  aliases: event.aliases ?? [],
  aggregate_type: event.aggregateType,
  aggregate_id: event.aggregateId,
  data: event.data,
  occurred_at: entry.isNow === true ? null : event.occurredAt,
  ...originOf(scope),
  workspace_id: entry.workspaceId ?? scope.principal?.workspaceId ?? DEFAULT_WORKSPACE_ID,
  audit: entry.audit ?? true,
});

const originOf = (scope: RequestScope): object => ({
  actor: actorOf(scope),
  correlation_id: scope.requestId,
  causation_id: scope.causationId ?? null,
  traceparent: scope.traceparent,
  key_id: scope.principal?.keyId ?? null,
  address: scope.address ?? null,
});
