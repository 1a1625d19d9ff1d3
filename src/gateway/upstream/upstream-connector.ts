import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  type ClientSideOptions,
  connectMcp,
  type ConnectOptions,
  type McpAuth,
  type McpFetch,
  type McpSession,
  OAuthTokenSource,
} from '@app/mcp';
import { bridgeToken, EgressPolicy, guardedFetch, Keyring, trustedFetch } from '@app/security';
import { TokenMetrics } from '../records/token-metrics';
import { type CallableRoute } from '../routing/route';
import { UpstreamCredentials } from './credentials';
import { type SessionOf } from './upstream';

const CONNECT_LIMIT_MS = 2_000;
/** The whole handshake: a server on a busy machine may think for a while before its first answer. */
const HANDSHAKE_LIMIT_MS = 10_000;

/** Of a remote server, resolved anew for each request, because secrets rotate. */
export interface RelayCredentials {
  readonly auth: McpAuth | undefined;
  headers(): Promise<Readonly<Record<string, string>>>;
}

/** Opens sessions. Which client is used is decided by who made the address: a user's goes through the guard. */
@Injectable()
export class UpstreamConnector implements OnApplicationShutdown {
  private readonly trusted = trustedFetch({ connectTimeoutMs: CONNECT_LIMIT_MS });
  private readonly guarded;
  private readonly tokens: OAuthTokenSource;

  constructor(
    policy: EgressPolicy,
    private readonly keyring: Keyring,
    private readonly credentials: UpstreamCredentials,
    tokenMetrics: TokenMetrics,
  ) {
    this.guarded = guardedFetch(policy, { connectTimeoutMs: CONNECT_LIMIT_MS, maxRedirects: 0 });
    this.tokens = new OAuthTokenSource({
      fetch: this.guarded,
      onFetched: (outcome) => {
        tokenMetrics.refreshed(outcome);
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.trusted.close(), this.guarded.close()]);
  }

  /** As ourselves, or in the name of a client that can be asked things. */
  connect(route: CallableRoute, as?: SessionOf): Promise<McpSession> {
    const { name, upstream, era } = route;
    const common = {
      ...sideOf(as),
      urls: upstream.urls,
      timeoutMs: HANDSHAKE_LIMIT_MS,
      serverName: name,
      ...(era === null ? {} : { prefer: era }),
    };
    if (upstream.kind === 'bridge') {
      const headers = { authorization: `Bearer ${bridgeToken(this.keyring)}` };
      return connectMcp({ ...common, fetch: this.trusted, headers });
    }
    const { transport } = upstream;
    if (!upstream.remote) return connectMcp({ ...common, transport, fetch: this.trusted });
    return connectMcp({ ...common, transport, ...this.remote(route) });
  }

  /** What a relay adds to requests of its own to a remote server, from the same tokens; undefined where nothing is. */
  credentialsOf({ instanceId, name, spec, upstream }: CallableRoute): RelayCredentials | undefined {
    if (upstream.kind !== 'http' || !upstream.remote || spec.type !== 'url') return undefined;
    return {
      auth: this.credentials.auth(instanceId, name, spec, this.tokens),
      headers: () => this.credentials.headers(instanceId, spec),
    };
  }

  private remote({
    instanceId,
    name,
    spec,
    upstream,
  }: CallableRoute): Pick<ConnectOptions, 'auth' | 'fetch'> {
    // Only a url instance may name an address elsewhere; a container's report that says so is not believed.
    if (spec.type !== 'url') return { fetch: this.guarded };
    const auth = this.credentials.auth(instanceId, name, spec, this.tokens);
    const origins = new Set(upstream.urls.map((url) => new URL(url).origin));
    const fetch: McpFetch = async (url, init) => {
      // Credentials belong to the origin they were given for; nothing a server says sends them elsewhere.
      const own = origins.has(new URL(url).origin) ? await this.credentials.headers(instanceId, spec) : {};
      return this.guarded(url, { ...init, headers: { ...own, ...init.headers } });
    };
    return auth === undefined ? { fetch } : { fetch, auth };
  }
}

const sideOf = (as: SessionOf | undefined): ClientSideOptions => {
  if (as === undefined) return {};
  const { capabilities, info } = as.client;
  const isNamed = typeof info.name === 'string' && typeof info.version === 'string';
  const named = isNamed ? { clientInfo: info } : {};
  return { clientCapabilities: capabilities, ...named, onRequest: as.onRequest };
};
