import { type DomainEvent, type JsonObject } from '@app/kernel';

type Subject = 'users' | 'keys' | 'sessions' | 'links' | 'views';

const fact =
  (name: string, aggregateType: Subject) =>
  (aggregateId: string, data: JsonObject): DomainEvent => ({
    ...{ name, aggregateType, aggregateId, data },
    occurredAt: new Date(),
  });

/** What this context tells the others and the trail. Never a password, a key, a token or a digest of one. */
export const FACTS = {
  userCreated: fact('identity.user.created', 'users'),
  userUpdated: fact('identity.user.updated', 'users'),
  userDeleted: fact('identity.user.deleted', 'users'),
  roleChanged: fact('identity.role.changed', 'users'),
  passwordChanged: fact('identity.password.changed', 'users'),
  keyIssued: fact('identity.key.issued', 'keys'),
  keyUpdated: fact('identity.key.updated', 'keys'),
  keyRevoked: fact('identity.key.revoked', 'keys'),
  sessionStarted: fact('identity.session.started', 'sessions'),
  sessionEnded: fact('identity.session.ended', 'sessions'),
  refreshReused: fact('identity.refresh.reused', 'sessions'),
  linkIssued: fact('identity.link.issued', 'links'),
  viewSaved: fact('identity.view.saved', 'views'),
  viewRemoved: fact('identity.view.removed', 'views'),
} as const;
