import { type DomainEvent } from '@app/kernel';

interface Of {
  readonly instanceId: string;
  readonly name: string;
}

const fact = <T extends Of>(name: string, { instanceId, ...data }: T): DomainEvent => ({
  name,
  aggregateType: 'instances',
  aggregateId: instanceId,
  data: { instance_id: instanceId, ...data },
  occurredAt: new Date(),
});

export const pinningChanged = (of: Of, enabled: boolean): DomainEvent =>
  fact('mcp.tool.pinning.changed', { ...of, enabled });

export const toolQuarantined = ({
  approved,
  ...of
}: Of & { readonly tool: string; readonly sha256: string; readonly approved: string }): DomainEvent =>
  fact('mcp.tool.quarantined', { ...of, approved_sha256: approved });

export const toolApproved = (of: Of & { readonly tool: string; readonly sha256: string }): DomainEvent =>
  fact('mcp.tool.approved', of);
