import { type Permission } from '../../identity';

const PERMISSIONS: ReadonlyMap<string, Permission> = new Map<string, Permission>([
  ['tools/call', 'tools:call'],
  ['resources/list', 'resources:read'],
  ['resources/templates/list', 'resources:read'],
  ['resources/read', 'resources:read'],
  ['resources/subscribe', 'resources:read'],
  ['resources/unsubscribe', 'resources:read'],
  ['prompts/list', 'prompts:read'],
  ['prompts/get', 'prompts:read'],
  // A task is a tool call that goes on.
  ['tasks/get', 'tools:call'],
  ['tasks/result', 'tools:call'],
  ['tasks/list', 'tools:call'],
  ['tasks/update', 'tools:call'],
  ['tasks/cancel', 'tools:call'],
]);

/** What a caller must hold to send a method, the same words as on the REST side. Who talks to servers at all may list tools. */
export const permissionOf = (method: string | undefined): Permission =>
  (method === undefined ? undefined : PERMISSIONS.get(method)) ?? 'tools:read';
