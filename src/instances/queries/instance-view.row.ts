import { type InstancePhase } from '@app/contracts';
import { type InstanceRow, toState } from '../persistence/instance.row';
import { type InstanceView } from './instance-view';

/** A row of the view `instance_view`. */
export interface InstanceViewRow extends InstanceRow {
  status: InstancePhase;
  reason: string;
  since: Date;
  /** bigint comes as text. */
  status_sequence: string;
  attempt: number;
  next_attempt_at: Date | null;
  containers: InstanceView['containers'];
  tools: number | null;
  era: string | null;
  latency_ms: number | null;
  last_error: InstanceView['lastError'];
  secret_delivery: InstanceView['secretDelivery'];
  secret_delivery_reason: string | null;
  last_checked_at: Date | null;
}

export const VIEW_COLUMNS = `id, name, description, labels, server_spec_id, agent_id, json_spec, undeclared_environment, desired_state,
  generation, replicas, row_version, created_at, updated_at, status, reason, since, status_sequence, attempt, next_attempt_at,
  containers, tools, era, latency_ms, last_error, secret_delivery, secret_delivery_reason, last_checked_at`;

export const toView = (row: InstanceViewRow): InstanceView => ({
  ...toState(row),
  status: row.status,
  reason: row.reason,
  since: row.since,
  statusSequence: Number(row.status_sequence),
  attempt: row.attempt,
  nextAttemptAt: row.next_attempt_at,
  containers: row.containers,
  tools: row.tools,
  era: row.era,
  latencyMs: row.latency_ms,
  lastError: row.last_error,
  secretDelivery: row.secret_delivery,
  secretDeliveryReason: row.secret_delivery_reason,
  lastCheckedAt: row.last_checked_at,
});
