import { type DomainEvent } from '@app/kernel';

interface Of {
  readonly instanceId: string;
  readonly name: string;
}

interface OfTool extends Of {
  readonly tool: string;
  readonly sha256: string;
}

const fact = (name: string, instanceId: string, data: object): DomainEvent => ({
  name,
  aggregateType: 'instances',
  aggregateId: instanceId,
  data: { instance_id: instanceId, ...data },
  occurredAt: new Date(),
});

export const pinningChanged = ({ instanceId, name }: Of, enabled: boolean): DomainEvent =>
  fact('mcp.tool.pinning.changed', instanceId, { name, enabled });

export const toolQuarantined = ({
  instanceId,
  approved,
  ...about
}: OfTool & { readonly approved: string }): DomainEvent =>
  fact('mcp.tool.quarantined', instanceId, { ...about, approved_sha256: approved });

export const toolApproved = ({ instanceId, ...about }: OfTool): DomainEvent =>
  fact('mcp.tool.approved', instanceId, about);
