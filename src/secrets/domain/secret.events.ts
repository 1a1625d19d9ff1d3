import { type DomainEvent } from '@app/kernel';

/** What the events say of a secret: which one, never what it holds. */
const fact = (name: string, scope: string, secret: string, data: DomainEvent['data']): DomainEvent => ({
  name,
  aggregateType: 'secrets',
  aggregateId: `${scope}:${secret}`,
  data: { scope, name: secret, ...data },
  occurredAt: new Date(),
});

export const secretStored = (scope: string, name: string, version: number): DomainEvent =>
  fact('secret.stored', scope, name, { version });

export const secretDeleted = (scope: string, name: string): DomainEvent =>
  fact('secret.deleted', scope, name, {});

/** A secret was opened for somebody; `instanceId` is the one it was opened for. */
export const secretRead = (scope: string, name: string, version: number, instanceId: string): DomainEvent =>
  fact('secret.read', scope, name, { version, instance_id: instanceId });
