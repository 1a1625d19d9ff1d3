import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
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

/** Who asks, and for what. */
export interface Caller {
  readonly principal: Principal;
  readonly permission: string;
}

/** From an address to what it means now, for its caller: names are those of its workspace. */
@Injectable()
export class FaceLookup {
  constructor(
    private readonly routes: RoutingTable,
    private readonly endpoints: EndpointTable,
    private readonly access: GatewayAccess,
  ) {}

  /** From memory, where it is there and can be called: no promise on the way of most calls. */
  recall({ kind, name }: FacePath, caller: Caller): TerminalFace | undefined {
    if (kind === 'all') return ALL;
    if (kind === 'endpoint') return this.recallEndpoint(name, caller);
    const route = this.routes.isUsable ? this.routes.find(caller.principal, name) : undefined;
    const isOpen = route !== undefined && isCallable(route) && this.access.mayUse(caller, route);
    return isOpen ? { kind: 'server', route } : undefined;
  }

  private recallEndpoint(name: string, { principal, permission }: Caller): TerminalFace | undefined {
    const content = this.endpoints.isUsable ? this.endpoints.find(principal, name) : undefined;
    const isOpen = content !== undefined && this.access.mayUseEndpoint(principal, permission, name);
    return isOpen ? { kind: 'endpoint', name, content } : undefined;
  }

  /** Throws in the words of what is missing; what the caller may not see is missing. */
  async find({ kind, name }: FacePath, caller: Caller): Promise<TerminalFace> {
    if (kind === 'all') return ALL;
    const { principal, permission } = caller;
    if (kind === 'endpoint') {
      const content = await this.endpoints.resolve(principal, name);
      this.access.demandEndpoint(principal, permission, name);
      return { kind, name, content };
    }
    const route = await this.routes.resolve(principal, name);
    this.access.demandServer(caller, route, name);
    return { kind, route: callable(route) };
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
