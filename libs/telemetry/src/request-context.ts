import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

import { newTraceparent, traceIdOf } from './traceparent';

/** Who asks. Made by the authenticator; everything after it only reads. */
export interface Principal {
  readonly id: string;
  readonly kind: 'key' | 'user' | 'agent' | 'system';
  readonly name: string;
  readonly role: string;
  readonly permissions: ReadonlySet<string> | 'all';
  readonly keyId?: string;
}

/** What a piece of work carries from its cause to its last log line, audit row and queue message. */
export interface RequestScope {
  readonly requestId: string;
  readonly traceId: string;
  readonly traceparent: string;
  readonly principal?: Principal;
  readonly address?: string;
  /** The event or message that caused this work. */
  readonly causationId?: string;
}

const storage = new AsyncLocalStorage<{ scope: RequestScope }>();

export const requestContext = {
  run<T>(scope: RequestScope, work: () => T): T {
    return storage.run({ scope }, work);
  },
  get(): RequestScope | undefined {
    return storage.getStore()?.scope;
  },
  /** The scope begins before the caller is known: a refused request is logged under its id too. */
  setPrincipal(principal: Principal): void {
    const holder = storage.getStore();
    if (holder !== undefined) holder.scope = { ...holder.scope, principal };
  },
};

/** For work that nobody asked for: sweeps, consumers, start-up. */
export function systemScope(name: string): RequestScope {
  const traceparent = newTraceparent();
  return {
    requestId: `${name}-${randomUUID()}`,
    traceId: traceIdOf(traceparent),
    traceparent,
    principal: { id: name, kind: 'system', name, role: 'admin', permissions: 'all' },
  };
}

/** How an actor is written in events, audit rows and log lines: `key:ab12`, `system:outbox-relay`, `anonymous`. */
export function actorOf(scope: RequestScope | undefined): string {
  if (scope === undefined) return 'system:unscoped';
  return scope.principal === undefined ? 'anonymous' : `${scope.principal.kind}:${scope.principal.id}`;
}
