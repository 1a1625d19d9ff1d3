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

/** Somebody asked for all data keys to be wrapped with this master key. */
export const keyRotationRequested = (kid: string, operationId: string): DomainEvent =>
  ofKeyring('secret.rotation.requested', kid, { operation_id: operationId });

/** No secret is wrapped with another key any more, those apart that could not be opened. */
export const keyRotationEnded = (
  kid: string,
  operationId: string,
  counts: { readonly rewrapped: number; readonly failed: number },
): DomainEvent => ofKeyring('secret.rotation.ended', kid, { operation_id: operationId, ...counts });

const ofKeyring = (name: string, kid: string, data: DomainEvent['data']): DomainEvent => ({
  name,
  aggregateType: 'keyring',
  aggregateId: kid,
  data: { kid, ...data },
  occurredAt: new Date(),
});
