import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

import { DEFAULT_WORKSPACE_ID, derivedId, newId } from '@app/kernel';
import { traceIdOf, unsampledTraceparent } from './traceparent';

/** Who asks. Made by the authenticator; everything after it only reads. */
export interface Principal {
  readonly id: string;
  readonly kind: 'key' | 'user' | 'agent' | 'system';
  readonly name: string;
  readonly role: string;
  readonly permissions: ReadonlySet<string> | 'all';
  /** The one workspace it acts in: what belongs to another does not exist for it. */
  readonly workspaceId: string;
  readonly keyId?: string;
  /** The person behind a session, an access token or a key of theirs. */
  readonly userId?: string;
  /** The sign-in that the credential comes from; ends with a sign-out. */
  readonly sessionId?: string;
  /** The agent behind an agent's token. */
  readonly agentId?: string;
  /** Names of the only instances and endpoints that a key was issued for; absent: no such limit. */
  readonly limitedTo?: { readonly instances?: ReadonlySet<string>; readonly endpoints?: ReadonlySet<string> };
}

/** What a piece of work carries from its cause to its last log line, audit row and queue message. */
export interface RequestScope {
  readonly requestId: string;
  readonly traceId: string;
  readonly traceparent: string;
  /** The traceparent that came with the request, as it was sent. */
  readonly parent?: string;
  readonly principal?: Principal;
  readonly address?: string;
  /** The event or message that caused this work. */
  readonly causationId?: string;
  /** The same at every repetition of a request that carries an idempotency key. */
  readonly repeatSeed?: string;
}

interface Holder {
  scope: RequestScope;
  /** How often an id was asked for with the same words. Bounded by what one request may make. */
  readonly asked: Map<string, number>;
}

const storage = new AsyncLocalStorage<Holder>();

export const requestContext = {
  run<T>(scope: RequestScope, work: () => T): T {
    return storage.run({ scope, asked: new Map() }, work);
  },
  get(): RequestScope | undefined {
    return storage.getStore()?.scope;
  },
  /** For whoever is told of the end of this work, outside of it: what is known of it by then. */
  follow(): () => RequestScope | undefined {
    const holder = storage.getStore();
    return () => holder?.scope;
  },
  /** The same work, as far as it belongs to a span of its own. What is asked of the request is still asked of the request. */
  under<T>(traceparent: string, work: () => T): T {
    const holder = storage.getStore();
    const { scope, asked } = holder ?? { scope: systemScope('background'), asked: new Map<string, number>() };
    return storage.run({ scope: { ...scope, traceparent, traceId: traceIdOf(traceparent) }, asked }, work);
  },
  /** The scope begins before the caller is known: a refused request is logged under its id too. */
  setPrincipal(principal: Principal): void {
    const holder = storage.getStore();
    if (holder !== undefined) holder.scope = { ...holder.scope, principal };
  },
  setRepeatSeed(repeatSeed: string): void {
    const holder = storage.getStore();
    if (holder !== undefined) holder.scope = { ...holder.scope, repeatSeed };
  },
};

/**
 * The id of something that the request makes: a new one, or, where the request says that it may be a repetition, the one that
 * its first try took. `words` tell the things apart that one request makes; of those with the same words, their order does.
 */
export function idOfRequest(...words: readonly string[]): string {
  const holder = storage.getStore();
  const seed = holder?.scope.repeatSeed;
  if (holder === undefined || seed === undefined) return newId();
  const key = JSON.stringify(words);
  const place = holder.asked.get(key) ?? 0;
  holder.asked.set(key, place + 1);
  return derivedId(seed, ...words, String(place));
}

/** For work that nobody asked for: sweeps, consumers, start-up. Nobody keeps its spans either: most of it finds nothing to do. */
export function systemScope(name: string): RequestScope {
  const traceparent = unsampledTraceparent();
  return {
    requestId: `${name}-${randomUUID()}`,
    traceId: traceIdOf(traceparent),
    traceparent,
    principal: {
      id: name,
      kind: 'system',
      name,
      role: 'admin',
      permissions: 'all',
      workspaceId: DEFAULT_WORKSPACE_ID,
    },
  };
}

/** How an actor is written in events, audit rows and log lines: `key:ab12`, `system:outbox-relay`, `anonymous`. */
export function actorOf(scope: RequestScope | undefined): string {
  if (scope === undefined) return 'system:unscoped';
  return scope.principal === undefined ? 'anonymous' : `${scope.principal.kind}:${scope.principal.id}`;
}
