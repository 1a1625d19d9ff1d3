import { Injectable } from '@nestjs/common';
import { ServerNotRunningError } from '../domain/gateway.errors';
import { type CallableRoute, isCallable, type Route } from '../routing/route';
import { EndpointTable } from '../routing/endpoint-table';
import { RoutingTable } from '../routing/routing-table';
import { type TerminalFace } from '../terminal/conversation';
import { type FacePath } from './face-path';

/** For states that pass by themselves; a stopped server is started by people. */
const RETRY_SOON_S = 2;
const RETRY_LATER_S = 30;
const STANDS_STILL: ReadonlySet<string> = new Set(['stopped', 'failed', 'idle']);
const MS_PER_S = 1_000;
const ALL: TerminalFace = { kind: 'all' };

/** From an address to what it means now. */
@Injectable()
export class FaceLookup {
  constructor(
    private readonly routes: RoutingTable,
    private readonly endpoints: EndpointTable,
  ) {}

  /** From memory, where it is there and can be called: no promise on the way of most calls. */
  recall({ kind, name }: FacePath): TerminalFace | undefined {
    if (kind === 'all') return ALL;
    if (kind === 'endpoint') return undefined;
    const route = this.routes.isUsable ? this.routes.find(name) : undefined;
    return route !== undefined && isCallable(route) ? { kind: 'server', route } : undefined;
  }

  /** Throws in the words of what is missing. */
  async find({ kind, name }: FacePath): Promise<TerminalFace> {
    if (kind === 'all') return ALL;
    if (kind === 'endpoint') return { kind, name, content: await this.endpoints.resolve(name) };
    return { kind, route: callable(await this.routes.resolve(name)) };
  }
}

function callable(route: Route): CallableRoute {
  if (isCallable(route)) return route;
  const { name, status, reason } = route;
  throw new ServerNotRunningError(name, status, reason, retryAfterS(route));
}

function retryAfterS({ nextAttemptAt, status }: Route): number {
  const waitMs = nextAttemptAt === null ? 0 : nextAttemptAt.getTime() - Date.now();
  if (waitMs > 0) return Math.ceil(waitMs / MS_PER_S);
  return STANDS_STILL.has(status) ? RETRY_LATER_S : RETRY_SOON_S;
}
