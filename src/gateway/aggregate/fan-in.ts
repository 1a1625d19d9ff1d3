import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Scope } from '@app/kernel';
import { type McpListKind } from '@app/mcp';
import { UpstreamCalls } from '../calls/upstream-calls';
import { isCallable } from '../routing/route';
import { EndpointTable } from '../routing/endpoint-table';
import { RoutingTable } from '../routing/routing-table';
import { type Interest, type Subscription } from '../terminal/conversation';
import { UpstreamPool } from '../upstream/upstream-pool';
import { ListNews } from './list-news';
import { ListWatch } from './list-watch';
import { MemberWatch, type Say } from './member-watch';
import { type Party } from './party';

/** Sessions that somebody listens on are looked after this often; what ends before is begun again at once. */
const KEEP_EVERY_MS = 15_000;
/** Resources of one subscription; a client that wants more is told of these. */
const URIS_MAX = 1_000;

/** Where news for a subscription may come from. */
export interface Sources {
  /** Asked anew at each use: members come and go. */
  readonly servers: () => readonly string[];
  /** Which server has the resource, and what it calls it; undefined when none has it. */
  readonly locate: (
    uri: string,
  ) => Promise<{ readonly serverName: string; readonly uri: string } | undefined>;
  /** The other way round. */
  readonly advertise: (serverName: string, uri: string) => string;
  /** Whose configuration decides all that. */
  readonly endpointName: string | undefined;
}

interface Open {
  readonly sources: Sources;
  readonly party: Party;
  readonly watches: readonly MemberWatch[];
  readonly lists: ListWatch;
  readonly end: () => void;
}

/** Brings what servers say unasked to those who want to hear it. */
@Injectable()
export class FanIn implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly open = new Set<Open>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly calls: UpstreamCalls,
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
    private readonly news: ListNews,
    private readonly endpoints: EndpointTable,
  ) {
    endpoints.onChange((scope, name) => {
      this.reconfigured(scope, name);
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.keep([...this.open]);
    }, KEEP_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    for (const subscription of [...this.open]) subscription.end();
  }

  async subscribe(sources: Sources, party: Party, interest: Interest, say: Say): Promise<Subscription> {
    const watches = await this.watchesOf(sources, party, interest.resourceUris.slice(0, URIS_MAX), say);
    const granted = await Promise.all(
      watches.map(async (watch) =>
        (await watch.start()).map((uri) => sources.advertise(watch.serverName, uri)),
      ),
    );
    const lists = new ListWatch(kindsOf(interest), this.news, sources.servers, say, party.principal);
    let settle: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const end = (): void => {
      if (!this.open.delete(subscription)) return;
      for (const watch of watches) watch.stop();
      lists.stop();
      settle();
    };
    const subscription: Open = { sources, party, watches, lists, end };
    this.open.add(subscription);
    this.keep([subscription]);
    return { granted: { ...interest, resourceUris: granted.flat() }, ended, stop: end };
  }

  /** Lists say something else now; where the endpoint is gone nothing more will come. */
  private reconfigured(scope: Scope, endpointName: string): void {
    const isGone = this.endpoints.find(scope, endpointName) === undefined;
    for (const { sources, party, lists, end } of [...this.open]) {
      const isTheirs = party.principal.workspaceId === scope.workspaceId;
      if (!isTheirs || sources.endpointName !== endpointName) continue;
      if (isGone) end();
      else lists.reconfigured();
    }
  }

  private async watchesOf(
    { locate, advertise }: Sources,
    party: Party,
    uris: readonly string[],
    say: Say,
  ): Promise<readonly MemberWatch[]> {
    const byServer = new Map<string, string[]>();
    for (const located of await Promise.all(uris.map((uri) => locate(uri)))) {
      if (located === undefined) continue;
      const known = byServer.get(located.serverName) ?? [];
      byServer.set(located.serverName, [...known, located.uri]);
    }
    return [...byServer].map(
      ([serverName, wanted]) =>
        new MemberWatch(this.calls, serverName, party, wanted, (message) => {
          const uri = message.params?.uri;
          if (typeof uri !== 'string') return;
          say({ ...message, params: { ...message.params, uri: advertise(serverName, uri) } });
        }),
    );
  }

  /** A server that nobody is connected to says nothing: each that somebody listens to is held, once for all who share. */
  private keep(subscriptions: readonly Open[]): void {
    const shared = new Map<string, readonly [serverName: string, party: Party]>();
    for (const { sources, party, watches, lists } of subscriptions) {
      for (const watch of watches) void watch.keep();
      if (lists.isDeaf) continue;
      for (const serverName of sources.servers()) {
        if (party.canBeAsked) this.hold(serverName, party);
        else shared.set(`${party.principal.workspaceId} ${serverName}`, [serverName, party]);
      }
    }
    for (const [serverName, party] of shared.values()) this.hold(serverName, party);
  }

  private hold(serverName: string, party: Party): void {
    const route = this.table.find(party.principal, serverName);
    if (route === undefined || !isCallable(route)) return;
    const held = party.leg(this.pool.get(route, party)).then(({ leg }) => leg.hold(() => Promise.resolve()));
    // Whether it is up is shown by its status; it is tried again at the next look.
    held.catch(() => undefined);
  }
}

const kindsOf = (interest: Interest): ReadonlySet<McpListKind> =>
  new Set<McpListKind>([
    ...(interest.toolsListChanged ? (['tools'] as const) : []),
    ...(interest.promptsListChanged ? (['prompts'] as const) : []),
    ...(interest.resourcesListChanged ? (['resources'] as const) : []),
  ]);
