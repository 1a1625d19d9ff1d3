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
import { type CallableRoute, connectionKey } from '../routing/route';
import { UpstreamConnector } from '../upstream/upstream-connector';
import { type RelayTarget } from './relay-target';

const CONNECT_LIMIT_MS = 2_000;
const TARGETS_MAX = 2_000;
/** As many connections as there are open streams. */
const UNLIMITED = null;

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

  /** Throws where an address may not be reached. */
  of(route: CallableRoute): RelayTarget {
    const key = connectionKey(route);
    const known = this.targets.get(route.instanceId);
    if (known !== undefined && known.key === key) return known;
    const target = this.make(route, key);
    this.targets.delete(route.instanceId);
    this.targets.set(route.instanceId, target);
    const oldest = this.targets.size > TARGETS_MAX ? this.targets.keys().next().value : undefined;
    if (oldest !== undefined) this.targets.delete(oldest);
    return target;
  }

  private make(route: CallableRoute, key: string): RelayTarget {
    const { upstream, name } = route;
    const isRemote = upstream.kind === 'http' && upstream.remote;
    const [calls, streams] = isRemote
      ? [this.guarded, this.guardedStreams]
      : [this.trusted, this.trustedStreams];
    const addresses = upstream.urls.map((url) => calls.target(url));
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
    };
  }
}
