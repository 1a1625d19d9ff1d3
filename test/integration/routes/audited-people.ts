import { type Case } from './audited-case';

/** Users, keys and what each keeps for itself. */
export const PEOPLE_CASES: readonly Case[] = [
  {
    operation: 'createUser',
    body: () => ({ username: 'audited', memberships: [{ workspace: 'default', role: 'viewer' }] }),
    action: 'identity.user.created',
  },
  {
    operation: 'updateUser',
    path: () => '/api/v1/users/audited',
    body: () => ({ display_name: 'Changed' }),
    action: 'identity.user.updated',
  },
  { operation: 'deleteUser', path: () => '/api/v1/users/audited', action: 'identity.user.deleted' },
  {
    operation: 'createApiKey',
    body: () => ({ name: 'audited', role: 'viewer' }),
    action: 'identity.key.issued',
  },
  {
    operation: 'updateApiKey',
    path: (made) => `/api/v1/api-keys/${made.get('createApiKey') ?? ''}`,
    body: () => ({ name: 'changed' }),
    action: 'identity.key.updated',
  },
  {
    operation: 'revokeApiKey',
    path: (made) => `/api/v1/api-keys/${made.get('createApiKey') ?? ''}`,
    action: 'identity.key.revoked',
  },
  { operation: 'createSocketTicket', action: 'identity.ticket.issued' },
  {
    operation: 'putSavedView',
    path: () => '/api/v1/me/views/failed',
    body: () => ({ path: '/instances?status=failed' }),
    action: 'identity.view.saved',
  },
  {
    operation: 'removeSavedView',
    path: () => '/api/v1/me/views/failed',
    action: 'identity.view.removed',
  },
  { operation: 'createAdminLink', action: 'identity.link.issued' },
];
