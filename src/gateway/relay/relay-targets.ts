import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { McpUnreachableError } from '@app/mcp';
import {
  bridgeToken,
  EgressPolicy,
  guardedOutbound,
  Keyring,
  type Outbound,
  trustedOutbound,
} from '@app/security';
import { replicasOf } from '../routing/replicas';
import { type CallableRoute, connectionKey } from '../routing/route';
import { UpstreamConnector } from '../upstream/upstream-connector';
import { type RelayTarget } from './relay-target';

const CONNECT_LIMIT_MS = 2_000;
const TARGETS_MAX = 2_000;
/** As many connections as there are open streams. */
const UNLIMITED = null;
/** So long another replica stands in for one that could not be reached. */
const AWAY_FOR_MS = 5_000;

/** Where the relay sends to, by instance. Which client is used is decided by who made the address. */
@Injectable()
export class RelayTargets implements OnApplicationShutdown {
  private readonly targets = new Map<string, RelayTarget>();
  private readonly trusted = trustedOutbound({ connectTimeoutMs: CONNECT_LIMIT_MS });
  private readonly trustedStreams = trustedOutbound({
    connectTimeoutMs: CONNECT_LIMIT_MS,
    connectionsPerHost: UNLIMITED,
  });
  private readonly guarded: Outbound;
  private readonly guardedStreams: Outbound;

  constructor(
    policy: EgressPolicy,
    private readonly keyring: Keyring,
    private readonly connector: UpstreamConnector,
  ) {
    const options = { connectTimeoutMs: CONNECT_LIMIT_MS };
    this.guarded = guardedOutbound(policy, options);
    this.guardedStreams = guardedOutbound(policy, { ...options, connectionsPerHost: UNLIMITED });
  }

  async onApplicationShutdown(): Promise<void> {
    const all = [this.trusted, this.trustedStreams, this.guarded, this.guardedStreams];
    await Promise.all(all.map((outbound) => outbound.close()));
  }

  /** `chosen`: one of the route's replicas, with the others behind it. Throws where an address may not be reached. */
  of(route: CallableRoute, chosen: CallableRoute = route): RelayTarget {
    const key = connectionKey(route);
    const place =
      chosen.replica === undefined ? route.instanceId : `${route.instanceId} ${String(chosen.replica)}`;
    const known = this.targets.get(place);
    if (known !== undefined && known.key === key) return inItsPlace(known);
    const target = this.make(route, chosen, key);
    this.targets.delete(place);
    this.targets.set(place, target);
    const oldest = this.targets.size > TARGETS_MAX ? this.targets.keys().next().value : undefined;
    if (oldest !== undefined) this.targets.delete(oldest);
    return target;
  }

  private make(route: CallableRoute, chosen: CallableRoute, key: string): RelayTarget {
    const { upstream, name } = route;
    const isRemote = upstream.kind === 'http' && upstream.remote;
    const [calls, streams] = isRemote
      ? [this.guarded, this.guardedStreams]
      : [this.trusted, this.trustedStreams];
    const others = replicasOf(route).filter((one) => one !== chosen);
    const parts = chosen === route ? [route] : [chosen, ...others];
    const found = parts.flatMap(({ replica = 0, upstream: { urls } }) =>
      urls.map((url) => ({ replica, address: calls.target(url) })),
    );
    const addresses = found.map(({ address }) => address);
    if (addresses.length === 0)
      throw new McpUnreachableError(`"${name}" has no address.`, 'tcp', { serverName: name, started: false });
    const headers =
      upstream.kind === 'bridge' ? ['authorization', `Bearer ${bridgeToken(this.keyring)}`] : [];
    return {
      key,
      addresses,
      calls,
      streams,
      headers,
      credentials: this.connector.credentialsOf(route),
      preferred: 0,
      replicas: chosen === route ? undefined : found.map(({ replica }) => replica),
      movedAtMs: 0,
    };
  }
}

/** One that did not answer for a moment is asked again: its place is its own for as long as it is said to serve. */
function inItsPlace(target: RelayTarget): RelayTarget {
  if (target.replicas === undefined || target.preferred === 0) return target;
  if (performance.now() - target.movedAtMs > AWAY_FOR_MS) target.preferred = 0;
  return target;
}
