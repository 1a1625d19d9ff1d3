import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  type ClientSideOptions,
  connectMcp,
  type ConnectOptions,
  type McpAuth,
  type McpFetch,
  type McpSession,
  type McpSocketOpener,
  OAuthTokenSource,
  SHARED_SESSION,
} from '@app/mcp';
import {
  bridgeToken,
  directFetch,
  type DirectFetch,
  EgressPolicy,
  guardedFetch,
  type GuardedFetch,
  guardedOutbound,
  guardedSocket,
  type GuardedSocket,
  Keyring,
  type Outbound,
  trustedOutbound,
} from '@app/security';
import { TokenMetrics } from '../records/token-metrics';
import { type CallableRoute, type Route } from '../routing/route';
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
  private readonly outbounds: readonly Outbound[];
  private readonly trusted: DirectFetch;
  private readonly guarded: DirectFetch;
  private readonly sockets: GuardedSocket;
  /** Metadata and tokens may come packed and from anywhere. */
  private readonly forTokens: GuardedFetch;
  private readonly tokens: OAuthTokenSource;

  constructor(
    policy: EgressPolicy,
    private readonly keyring: Keyring,
    private readonly credentials: UpstreamCredentials,
    tokenMetrics: TokenMetrics,
  ) {
    const calls = { connectTimeoutMs: CONNECT_LIMIT_MS };
    const streams = { ...calls, connectionsPerHost: null };
    const trusted = [trustedOutbound(calls), trustedOutbound(streams)] as const;
    const guarded = [guardedOutbound(policy, calls), guardedOutbound(policy, streams)] as const;
    this.outbounds = [...trusted, ...guarded];
    this.trusted = directFetch(...trusted);
    this.guarded = directFetch(...guarded);
    this.sockets = guardedSocket(policy, calls);
    this.forTokens = guardedFetch(policy, { ...calls, maxRedirects: 0 });
    this.tokens = new OAuthTokenSource({
      fetch: this.forTokens,
      onFetched: (outcome) => {
        tokenMetrics.refreshed(outcome);
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.forTokens.close(), ...this.outbounds.map((outbound) => outbound.close())]);
  }

  /** As ourselves, or in the name of a client that can be asked things. */
  connect(route: CallableRoute, as?: SessionOf): Promise<McpSession> {
    const { name, upstream } = route;
    const era = as?.client.era ?? route.era;
    const common = {
      ...sideOf(as),
      urls: upstream.urls,
      timeoutMs: HANDSHAKE_LIMIT_MS,
      serverName: name,
      ...(era === null ? {} : { prefer: era }),
    };
    if (upstream.kind === 'bridge') {
      const authorization = `Bearer ${bridgeToken(this.keyring)}`;
      const headers = { authorization, ...(as === undefined ? SHARED_SESSION : {}) };
      return connectMcp({ ...common, fetch: this.trusted, headers });
    }
    const { transport } = upstream;
    if (!upstream.remote) return connectMcp({ ...common, transport, fetch: this.trusted });
    return connectMcp({ ...common, transport, ...this.remote(route) });
  }

  /** When the access token for a server ends; undefined while it has none. */
  tokenExpiresAt({ name, spec }: Route): Date | undefined {
    const hasTokens = spec.type === 'url' && spec.authentication?.type === 'oauth2_client_credentials';
    return hasTokens ? this.tokens.expiresAt(name) : undefined;
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
  }: CallableRoute): Pick<ConnectOptions, 'auth' | 'fetch' | 'openSocket'> {
    // Only a url instance may name an address elsewhere; a container's report that says so is not believed.
    if (spec.type !== 'url') return { fetch: this.guarded };
    const auth = this.credentials.auth(instanceId, name, spec, this.tokens);
    const origins = new Set(upstream.urls.map((url) => new URL(url).origin));
    // Credentials belong to the origin they were given for; nothing a server says sends them elsewhere.
    const withOwn = async (url: string, headers: Headers): Promise<Headers> => ({
      ...(origins.has(new URL(url).origin) ? await this.credentials.headers(instanceId, spec) : {}),
      ...headers,
    });
    const fetch: McpFetch = async (url, init) =>
      this.guarded(url, { ...init, headers: await withOwn(url, init.headers) });
    const openSocket: McpSocketOpener = async (url, init) =>
      this.sockets(url, { ...init, headers: await withOwn(url, init.headers) });
    return { fetch, openSocket, ...(auth === undefined ? {} : { auth }) };
  }
}

type Headers = Readonly<Record<string, string>>;

const sideOf = (as: SessionOf | undefined): ClientSideOptions => {
  if (as === undefined) return {};
  const { capabilities, info } = as.client;
  const isNamed = typeof info.name === 'string' && typeof info.version === 'string';
  const named = isNamed ? { clientInfo: info } : {};
  return { clientCapabilities: capabilities, ...named, onRequest: as.questions.answer };
};
