import { Injectable } from '@nestjs/common';
import { type McpPrompt, type McpResource, type McpResourceTemplate, type McpTool } from '@app/mcp';
import { Semaphore, TimeoutError, withTimeout } from '@app/resilience';
import { type Principal, principalOfRequest } from '@app/telemetry';
import { type CallerView } from '../access/caller-view';
import { GatewayAccess } from '../access/gateway-access';
import { listsFor } from '../aggregate/member-lists';
import { type Party } from '../aggregate/party';
import { isCallable, type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { restParty } from './asking/rest-party';
import { messageOf } from '../upstream/failures';
import { type ListCache, type Listed } from '../upstream/list-cache';
import { UpstreamPool } from '../upstream/upstream-pool';

/** A member that is not there in this time delays nobody: it is listed as degraded and goes on connecting. */
const MEMBER_LIMIT_MS = 5_000;
/** Who asks for one server only has nobody else to be spared from it. */
const SINGLE_LIMIT_MS = 15_000;
const MEMBERS_AT_ONCE = 32;
/** Waiting for a turn; each request waits for at most as many as there are turns. */
const WAITING_MAX = 10_000;

interface Lists {
  tools: McpTool;
  resources: McpResource;
  templates: McpResourceTemplate;
  prompts: McpPrompt;
}
export type ListKind = keyof Lists;

const PERMISSION_OF: Readonly<Record<ListKind, string>> = {
  tools: 'tools:read',
  resources: 'resources:read',
  templates: 'resources:read',
  prompts: 'prompts:read',
};

export interface Degraded {
  readonly serverName: string;
  readonly reason: string;
  readonly nextAttemptAt: Date | null;
}

export interface Discovered<T> {
  readonly items: readonly { readonly serverName: string; readonly item: T }[];
  readonly degraded: readonly Degraded[];
}

/** Lists over all servers: one that is down is named, and hides nothing of the others. */
@Injectable()
export class Discovery {
  private readonly turns = new Semaphore(MEMBERS_AT_ONCE, WAITING_MAX, 'Discovery');

  constructor(
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
    private readonly access: GatewayAccess,
  ) {}

  /** `canBeAsked`: as servers show it to callers who answer what they ask on the way. */
  async list<K extends ListKind>(
    kind: K,
    serverName: string | undefined,
    canBeAsked = false,
  ): Promise<Discovered<Lists[K]>> {
    const view = this.access.viewOf(principalOfRequest());
    const routes =
      serverName === undefined
        ? await this.wanted(view, kind)
        : [await this.named(view.principal, kind, serverName)];
    const limitMs = serverName === undefined ? MEMBER_LIMIT_MS : SINGLE_LIMIT_MS;
    const party = canBeAsked ? restParty(view.principal) : undefined;
    const answers = await this.inTurns(routes, (route) => this.ask(route, kind, limitMs, party));
    return {
      items: answers.flatMap(({ route, items }) =>
        shown(view, kind, route, items).map((item) => ({ serverName: route.name, item })),
      ),
      degraded: answers.flatMap(({ route, failure }) =>
        failure === undefined ? [] : [this.degraded(route, failure)],
      ),
    };
  }

  /** A server that was stopped on purpose is not missing. */
  private async wanted(view: CallerView, kind: ListKind): Promise<readonly Route[]> {
    await this.table.catchUp();
    const running = this.table.all(view.principal).filter(({ desiredState }) => desiredState === 'running');
    return running.filter((route) => view.permits(kind, route));
  }

  private async named(principal: Principal, kind: ListKind, serverName: string): Promise<Route> {
    const route = await this.table.resolve(principal, serverName);
    this.access.demandServer({ principal, permission: PERMISSION_OF[kind] }, route, serverName);
    return route;
  }

  /** A request waits for as many turns as it can use and no more: long lists leave room in the queue for other callers. */
  private async inTurns<T>(
    routes: readonly Route[],
    ask: (route: Route) => Promise<T>,
  ): Promise<readonly T[]> {
    const answers: T[] = [];
    const rest = routes.entries();
    const work = async (): Promise<void> => {
      for (const [at, route] of rest) answers[at] = await this.turns.run(() => ask(route));
    };
    await Promise.all(Array.from({ length: Math.min(MEMBERS_AT_ONCE, routes.length) }, work));
    return answers;
  }

  private async ask<K extends ListKind>(
    route: Route,
    kind: K,
    limitMs: number,
    party: Party | undefined,
  ): Promise<Listed<Lists[K]> & { route: Route }> {
    if (!isCallable(route)) return { route, items: [], failure: `${route.status}: ${route.reason}` };
    const upstream = this.pool.get(route);
    // TypeScript does not see that the member and the type argument go together.
    const cache = upstream[kind] as unknown as ListCache<Lists[K]>;
    const list = (): Promise<Listed<Lists[K]>> => {
      if (party === undefined) return cache.forDisplay();
      const theirs = listsFor(upstream, kind, party);
      return theirs.cache.forDisplay(theirs.fetch) as unknown as Promise<Listed<Lists[K]>>;
    };
    try {
      return { route, ...(await withTimeout(limitMs, list)) };
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      return { route, items: [], failure: `It did not answer within ${limitMs} ms.` };
    }
  }

  private degraded({ name, instanceId, nextAttemptAt }: Route, failure: unknown): Degraded {
    const upstream = this.pool.peek(instanceId)?.state();
    const reason = typeof failure === 'string' ? failure : messageOf(failure);
    return { serverName: name, reason, nextAttemptAt: upstream?.nextAttemptAt ?? nextAttemptAt };
  }
}

/** Tools that the caller may not use are not listed either. */
const shown = <T extends { readonly name?: unknown }>(
  view: CallerView,
  kind: ListKind,
  route: Route,
  items: readonly T[],
): readonly T[] =>
  view.isOpen || kind !== 'tools'
    ? items
    : items.filter(({ name }) => view.permits('tools', route, typeof name === 'string' ? name : ''));
