import { type InstancePhase, type InstanceStatusReportedV1 } from '@app/contracts';
import { type DomainEvent } from '@app/kernel';

export const phaseEventName = (phase: InstancePhase): string => `mcp.instance.${phase}`;

/** Its secrets are in the container's plain configuration: whoever may ask the engine sees them. */
export const secretsExposed = (name: string, report: InstanceStatusReportedV1): DomainEvent => ({
  name: 'mcp.instance.secrets.exposed',
  aggregateType: 'instances',
  aggregateId: report.instance_id,
  occurredAt: new Date(report.at),
  data: {
    instance_id: report.instance_id,
    name,
    generation: report.generation,
    reason: report.secret_delivery_reason,
  },
});

/** A fact about what was seen; `name` is the instance's at that time. */
export const phaseReported = (name: string, report: InstanceStatusReportedV1): DomainEvent => ({
  name: phaseEventName(report.phase),
  aggregateType: 'instances',
  aggregateId: report.instance_id,
  occurredAt: new Date(report.at),
  data: {
    instance_id: report.instance_id,
    name,
    generation: report.generation,
    phase: report.phase,
    reason: report.reason,
    attempt: report.attempt,
    next_attempt_at: report.next_attempt_at,
    containers: report.containers.map(({ replica, id, image, engine }) => ({ replica, id, image, engine })),
    tools: report.tools,
  },
});
