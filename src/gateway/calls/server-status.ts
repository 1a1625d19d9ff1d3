import { Injectable } from '@nestjs/common';
import { type BreakerState } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { GatewayAccess } from '../access/gateway-access';
import { type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { type UpstreamState } from '../upstream/upstream';
import { UpstreamConnector } from '../upstream/upstream-connector';
import { UpstreamPool } from '../upstream/upstream-pool';

export interface ServerStatus {
  readonly route: Route;
  readonly healthy: boolean;
  readonly circuit: BreakerState;
  readonly connected: boolean;
  /** What the gateway itself met last, when that was a failure. */
  readonly failure: string | null;
  readonly nextAttemptAt: Date | null;
  /** Of a server with OAuth2 client credentials, once it has a token. */
  readonly tokenExpiresAt: Date | undefined;
}

/** What the provisioner reported, beside what the gateway itself met. */
@Injectable()
export class ServerStatuses {
  constructor(
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
    private readonly connector: UpstreamConnector,
    private readonly access: GatewayAccess,
  ) {}

  /** Those that the caller may see. */
  all(principal: Principal): readonly ServerStatus[] {
    const own = this.table.all(principal);
    const seen = own.filter(
      (route) =>
        this.access.mayUse({ principal, permission: 'servers:read' }, route) ||
        this.access.mayUse({ principal, permission: 'instances:read' }, route),
    );
    return seen.map((route) => this.of(route));
  }

  private of(route: Route): ServerStatus {
    const state = this.pool.peek(route.instanceId)?.state() ?? UNTOUCHED;
    return {
      route,
      healthy: route.status === 'running' && state.circuit === 'closed',
      circuit: state.circuit,
      connected: state.isConnected,
      failure: state.failure,
      nextAttemptAt: state.nextAttemptAt ?? route.nextAttemptAt,
      tokenExpiresAt: this.connector.tokenExpiresAt(route),
    };
  }
}

/** Nobody has called it through this process yet. */
const UNTOUCHED: UpstreamState = {
  circuit: 'closed',
  isConnected: false,
  failure: null,
  failingSince: null,
  nextAttemptAt: null,
};
