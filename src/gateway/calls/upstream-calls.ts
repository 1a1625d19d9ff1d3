import { Injectable } from '@nestjs/common';
import { type CallOptions, type McpSession } from '@app/mcp';
import { GatewayAccess, type Use } from '../access/gateway-access';
import { ServerNotRunningError, UpstreamWaitingError } from '../domain/gateway.errors';
import { GatewayOptions } from '../gateway.options';
import { type CallableRoute, isCallable, type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { mayTryAgain } from '../upstream/failures';
import { type Upstream } from '../upstream/upstream';
import { UpstreamPool } from '../upstream/upstream-pool';

/** For states that pass by themselves; a stopped server is started by people. */
const RETRY_SOON_S = 2;
const RETRY_LATER_S = 30;
const STANDS_STILL: ReadonlySet<string> = new Set(['stopped', 'failed', 'idle']);
const MS_PER_S = 1_000;

/** From a name to work on a live session; follows an instance that moved, and goes to another replica of it. */
@Injectable()
export class UpstreamCalls {
  constructor(
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
    private readonly options: GatewayOptions,
    private readonly access: GatewayAccess,
  ) {}

  /** A server of the caller's workspace that it may use for this; any other one does not exist. */
  async upstream(use: Use, serverName: string): Promise<Upstream> {
    const route = await this.table.resolve(use.principal, serverName);
    this.access.demandServer(use, route, serverName);
    return this.pool.get(callable(route), use);
  }

  /** The same from memory, where it is there and may be called: nothing is waited for in nearly all calls. */
  known(use: Use, serverName: string): Upstream | undefined {
    const route = this.table.isUsable ? this.table.find(use.principal, serverName) : undefined;
    if (route === undefined || !isCallable(route) || !this.access.mayUse(use, route)) return undefined;
    return this.pool.get(route, use);
  }

  /** The work may be done twice only where the first time provably did not begin. */
  async on<T>(
    use: Use,
    serverName: string,
    work: (upstream: Upstream) => Promise<T>,
    begunAt?: Upstream,
  ): Promise<T> {
    const upstream = begunAt ?? this.known(use, serverName) ?? (await this.upstream(use, serverName));
    try {
      return await work(upstream);
    } catch (error) {
      if (!mayTryAgain(error) && !(error instanceof UpstreamWaitingError)) throw error;
      // That it was stopped a moment ago says more than that nothing listens there any more.
      const moved = callable(await this.table.resolveAnew(use.principal, serverName));
      const other = this.pool.instead(moved, upstream);
      if (other === undefined) throw error;
      return await work(other);
    }
  }

  /** Reading work: a resource, a prompt. Ends with the caller, or with the time limit of the server. */
  session<T>(
    use: Use,
    serverName: string,
    work: (session: McpSession, options: CallOptions) => Promise<T>,
    signal: AbortSignal,
    onFound: (route: Route) => void = () => undefined,
  ): Promise<T> {
    return this.on(use, serverName, (upstream) => {
      onFound(upstream.route);
      const options = { signal, timeoutMs: upstream.callLimitMs(this.options.defaultCallTimeoutMs) };
      return upstream.use((session) => work(session, options), signal);
    });
  }
}

function callable(route: Route): CallableRoute {
  if (isCallable(route)) return route;
  throw new ServerNotRunningError(route.name, route.status, route.reason, retryAfterS(route));
}

function retryAfterS({ nextAttemptAt, status }: Route): number {
  const waitMs = nextAttemptAt === null ? 0 : nextAttemptAt.getTime() - Date.now();
  if (waitMs > 0) return Math.ceil(waitMs / MS_PER_S);
  return STANDS_STILL.has(status) ? RETRY_LATER_S : RETRY_SOON_S;
}
