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
}

/** What an event reports may be a failure: the trail does not say of it that something succeeded. */
export const OUTCOME = `CASE WHEN name LIKE '%.failed' THEN 'failed' ELSE 'succeeded' END`;

/** As `append`, with an origin of its own for each event. */
export const APPEND_EACH = `
  WITH given AS (
    SELECT * FROM ROWS FROM (
      jsonb_to_recordset($1::jsonb) AS (
        id uuid, name text, aliases text[], aggregate_type text, aggregate_id text, data jsonb, occurred_at timestamptz,
        actor text, correlation_id text, causation_id text, traceparent text, key_id text, address text,
        workspace_id uuid, audit boolean
      )
    ) WITH ORDINALITY AS g (id, name, aliases, aggregate_type, aggregate_id, data, occurred_at, actor, correlation_id,
                            causation_id, traceparent, key_id, address, workspace_id, audit, position)
  ), event AS (
    INSERT INTO domain_event (id, name, aliases, aggregate_type, aggregate_id, data, occurred_at,
                              actor, correlation_id, causation_id, traceparent, workspace_id)
    SELECT id, name, aliases, aggregate_type, aggregate_id, data, occurred_at,
           actor, correlation_id, causation_id, traceparent, workspace_id
      FROM given ORDER BY position
  ), outgoing AS (
    INSERT INTO outbox (event_id) SELECT id FROM given ORDER BY position
  )
  INSERT INTO audit (id, actor, key_id, address, request_id, action, resource_type, resource_id, outcome, event_id, workspace_id)
  SELECT gen_random_uuid(), actor, key_id, address, correlation_id, name, aggregate_type, aggregate_id, ${OUTCOME}, id, workspace_id
    FROM given WHERE audit ORDER BY position`;

export const toEachRow = ({ event, scope = systemScope('unscoped'), ...entry }: AppendEntry): object => ({
  id: newId(),
  name: event.name,
  aliases: event.aliases ?? [],
  aggregate_type: event.aggregateType,
  aggregate_id: event.aggregateId,
  data: event.data,
  occurred_at: event.occurredAt,
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
