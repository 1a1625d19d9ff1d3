import { Injectable } from '@nestjs/common';
import { type Scope } from '@app/kernel';
import { type McpListKind } from '@app/mcp';
import { connectionKey, isCallable, type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { UpstreamPool } from '../upstream/upstream-pool';

const ALL_KINDS: readonly McpListKind[] = ['tools', 'prompts', 'resources'];

export type NewsListener = (scope: Scope, serverName: string, kinds: readonly McpListKind[]) => void;

interface Known {
  readonly scope: Scope;
  readonly name: string;
  readonly state: string;
}

/** Which server's lists may say something else from now on: because it said so, came, went, or is another generation. */
@Injectable()
export class ListNews {
  private readonly listeners = new Set<NewsListener>();
  /** The table tells of every route that it reads, changed or not. */
  private readonly known = new Map<string, Known>();

  constructor(table: RoutingTable, pool: UpstreamPool) {
    pool.onListChanged((instanceId, kind) => {
      const known = this.known.get(instanceId);
      if (known !== undefined) this.announce(known.scope, known.name, [kind]);
    });
    table.onChange((route, instanceId) => {
      if (route === undefined) this.forget(instanceId);
      else this.follow(route);
    });
  }

  /** Returns the way to stop. */
  listen(listener: NewsListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  announce(scope: Scope, serverName: string, kinds: readonly McpListKind[]): void {
    for (const listener of this.listeners) listener(scope, serverName, kinds);
  }

  private follow(route: Route): void {
    const { instanceId, name, workspaceId } = route;
    const state = `${route.desiredState} ${String(isCallable(route))} ${connectionKey(route)}`;
    const before = this.known.get(instanceId);
    if (before?.state === state) return;
    const scope = { workspaceId };
    this.known.set(instanceId, { scope, name, state });
    this.announce(scope, name, ALL_KINDS);
  }

  private forget(instanceId: string): void {
    const before = this.known.get(instanceId);
    if (before === undefined) return;
    this.known.delete(instanceId);
    this.announce(before.scope, before.name, ALL_KINDS);
  }
}
