import { randomUUID } from 'node:crypto';
import { type InstancePhase, type InstanceStatusReportedV1 } from '@app/contracts';

/** A report as the provisioner sends it, for one look at one instance. */
export function report(
  instanceId: string,
  generation: number,
  sequence: number,
  phase: InstancePhase,
  more: Partial<InstanceStatusReportedV1> = {},
): InstanceStatusReportedV1 {
  return {
    v: 1,
    report_id: randomUUID(),
    instance_id: instanceId,
    generation,
    sequence,
    phase,
    reason: `It is ${phase}.`,
    at: new Date().toISOString(),
    attempt: 0,
    next_attempt_at: null,
    containers: [],
    upstream: null,
    tools: null,
    era: null,
    latency_ms: null,
    secret_delivery: null,
    secret_delivery_reason: null,
    secrets_read: [],
    ...more,
  };
}
