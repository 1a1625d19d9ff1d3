import { type Clock, systemClock } from '@app/kernel';
import { type McpAuth, type McpFetch } from '../client/session';
import { OAuthTokenError } from '../errors';
import { type Challenge } from '../wire/challenge';
import { discover, type TokenServer } from './discovery';
import { keyOf, type OAuthClient } from './oauth-client';
import { requestToken } from './token-request';

export interface OAuthTokenSourceOptions {
  readonly fetch: McpFetch;
  readonly clock?: Clock;
  /** 0 to 1; spreads the refreshes of many processes. */
  readonly random?: () => number;
  /** Told after each request to a token endpoint. */
  readonly onFetched?: (outcome: 'succeeded' | 'failed') => void;
}

interface Token {
  readonly value: string;
  readonly refreshAtMs: number;
  readonly endsAtMs: number;
}

interface Entry {
  token: Token | undefined;
  /** The one request that is under way, for all who wait. */
  flight: Promise<Token> | undefined;
  /** Where tokens are to be had; undefined until it was discovered. */
  server: TokenServer | undefined;
  /** Where the last challenge says that the metadata are. */
  metadataUrl: string | undefined;
  /** What was asked for on top of the client's own scopes. */
  scopes: readonly string[] | undefined;
  /** No request before this moment: the endpoint was asked a moment ago. */
  closedUntilMs: number;
  failures: number;
  lastError: Error | undefined;
}

const MAX_ENTRIES = 1_000;
const REFRESH_AT_SHARE = 0.8;
/** Of the life, taken off at most, so that not everybody refreshes in the same second. */
const JITTER_SHARE = 0.1;
/** At most one request per client and window, whether it succeeded or not; the window grows with failures in a row. */
const WINDOW_MS = 5_000;
const MAX_WINDOW_MS = 60_000;
const MAX_SCOPES = 64;

/** Access tokens by the client-credentials grant: kept in memory only, asked for once however many want one. */
export class OAuthTokenSource {
  /** Oldest use first. */
  private readonly entries = new Map<string, Entry>();
  private readonly expiries = new Map<string, Date>();
  private readonly clock: Clock;
  private readonly random: () => number;

  constructor(private readonly options: OAuthTokenSourceOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  /** When the newest token for a server ends, expired or not; undefined when it never had one here. */
  expiresAt(serverName: string): Date | undefined {
    return this.expiries.get(serverName);
  }

  async token(client: OAuthClient): Promise<string> {
    return this.valid(this.entryOf(client), client);
  }

  /** A token other than the rejected one; the same when the endpoint was asked a moment ago. */
  async renew(
    client: OAuthClient,
    rejected: string,
    challenge: Challenge = { status: 401 },
  ): Promise<string> {
    const entry = this.entryOf(client);
    const current = entry.token?.value;
    // Somebody else renewed it, or asked for more scope, while this one was on its way.
    if (current !== undefined && current !== rejected) return current;
    return this.another(entry, client, challenge);
  }

  /** The credentials of one server, for `connectMcp`. */
  authFor(client: OAuthClient): McpAuth {
    return {
      authorization: async () => {
        const entry = this.entryOf(client);
        // Who gives the tokens is in the answer to a request without one.
        const isUnknown =
          client.tokenUrl === undefined && entry.server === undefined && entry.flight === undefined;
        return isUnknown ? undefined : `Bearer ${await this.valid(entry, client)}`;
      },
      renew: async (rejected, challenge) =>
        `Bearer ${await this.renew(client, rejected?.replace(/^Bearer /, '') ?? '', challenge)}`,
    };
  }

  private async another(entry: Entry, client: OAuthClient, challenge: Challenge): Promise<string> {
    if (this.learn(entry, client, challenge)) {
      // A token that is on its way was asked for without it.
      await entry.flight?.catch(() => undefined);
      // What the next one may do is something else: that the endpoint was asked a moment ago says nothing then.
      entry.closedUntilMs = 0;
    } else if (entry.token !== undefined && entry.flight === undefined) {
      const isPointless = challenge.status === 403;
      if (isPointless || this.isClosed(entry)) return entry.token.value;
    }
    return (await this.refresh(entry, client)).value;
  }

  private async valid(entry: Entry, client: OAuthClient): Promise<string> {
    const nowMs = this.clock.monotonicMs();
    const { token } = entry;
    if (token === undefined || nowMs >= token.endsAtMs) return (await this.refresh(entry, client)).value;
    // Early and aside: the token at hand is good, nobody waits, and a failure is met again when it counts.
    if (nowMs >= token.refreshAtMs) this.refresh(entry, client).catch(() => undefined);
    return token.value;
  }

  /** True when the challenge asks for more than what was asked for. */
  private learn(entry: Entry, client: OAuthClient, { resourceMetadata, scope, status }: Challenge): boolean {
    if (resourceMetadata !== undefined) entry.metadataUrl = resourceMetadata;
    const named = scope?.split(/\s+/).filter((one) => one !== '') ?? [];
    // What a client was told to ask for, a first challenge does not change; a refusal for want of scope does.
    if (status === 401 && (client.scopes !== undefined || entry.token !== undefined)) return false;
    const before = scopesOf(entry, client);
    const union = new Set([...(entry.token === undefined ? [] : before), ...named]);
    if (named.every((one) => before.includes(one)) || union.size > MAX_SCOPES) return false;
    entry.scopes = [...union];
    return true;
  }

  private refresh(entry: Entry, client: OAuthClient): Promise<Token> {
    if (entry.flight !== undefined) return entry.flight;
    if (this.isClosed(entry)) return Promise.reject(this.closedError(entry, client));
    entry.closedUntilMs = this.clock.monotonicMs() + WINDOW_MS;
    const flight = this.fetchToken(entry, client).finally(() => {
      entry.flight = undefined;
    });
    entry.flight = flight;
    return flight;
  }

  private async fetchToken(entry: Entry, client: OAuthClient): Promise<Token> {
    try {
      const server = await this.serverOf(entry, client);
      const scopes = scopesOf(entry, client);
      const { value, lifeS } = await requestToken({ client, server, scopes }, this.options.fetch);
      this.options.onFetched?.('succeeded');
      return this.keep(entry, client, value, lifeS);
    } catch (error) {
      this.options.onFetched?.('failed');
      const askedMs = error instanceof OAuthTokenError ? (error.retryAfterS ?? 0) * 1000 : 0;
      const windowMs = Math.min(WINDOW_MS * 2 ** entry.failures, MAX_WINDOW_MS);
      entry.failures += 1;
      entry.closedUntilMs = this.clock.monotonicMs() + Math.max(windowMs, askedMs);
      entry.lastError = error instanceof Error ? error : new Error(String(error));
      // The authorization server may have moved: the next attempt looks again.
      entry.server = undefined;
      throw entry.lastError;
    }
  }

  private keep(entry: Entry, { serverName }: OAuthClient, value: string, lifeS: number): Token {
    const nowMs = this.clock.monotonicMs();
    const share = REFRESH_AT_SHARE - JITTER_SHARE * this.random();
    entry.token = { value, refreshAtMs: nowMs + lifeS * share * 1000, endsAtMs: nowMs + lifeS * 1000 };
    entry.lastError = undefined;
    entry.failures = 0;
    // A token may live shorter than the window; then its end is when the next request is due.
    entry.closedUntilMs = nowMs + Math.min(WINDOW_MS, lifeS * 1000);
    this.expiries.delete(serverName);
    this.expiries.set(serverName, new Date(this.clock.now().getTime() + lifeS * 1000));
    forgetOldest(this.expiries);
    return entry.token;
  }

  private async serverOf(entry: Entry, client: OAuthClient): Promise<TokenServer> {
    const { tokenUrl, issuer, resource, serverName } = client;
    if (tokenUrl !== undefined) return { issuer: issuer ?? new URL(tokenUrl).origin, tokenUrl };
    const { metadataUrl } = entry;
    entry.server ??= await discover({ resource, metadataUrl, issuer, serverName }, this.options.fetch);
    return entry.server;
  }

  private isClosed(entry: Entry): boolean {
    return this.clock.monotonicMs() < entry.closedUntilMs;
  }

  /** The last failure again, with the time that is left. */
  private closedError({ closedUntilMs, lastError }: Entry, { serverName }: OAuthClient): Error {
    const waitS = Math.max(1, Math.ceil((closedUntilMs - this.clock.monotonicMs()) / 1000));
    if (lastError !== undefined && !(lastError instanceof OAuthTokenError)) return lastError;
    const words = lastError?.message ?? `The token endpoint of "${serverName}" was asked a moment ago.`;
    const layer = lastError?.layer ?? 'auth';
    return new OAuthTokenError(words, layer, {
      serverName,
      started: false,
      retryAfterS: waitS,
      cause: lastError,
    });
  }

  private entryOf(client: OAuthClient): Entry {
    const key = keyOf(client);
    const entry = this.entries.get(key) ?? newEntry();
    this.entries.delete(key);
    this.entries.set(key, entry);
    forgetOldest(this.entries);
    return entry;
  }
}

const newEntry = (): Entry => ({
  token: undefined,
  flight: undefined,
  server: undefined,
  metadataUrl: undefined,
  scopes: undefined,
  closedUntilMs: 0,
  failures: 0,
  lastError: undefined,
});

/** The client's own, else what a challenge named, else what the resource offers. */
const scopesOf = (entry: Entry, client: OAuthClient): readonly string[] =>
  entry.scopes ?? client.scopes ?? entry.server?.scopes ?? [];

function forgetOldest(kept: Map<string, unknown>): void {
  const oldest = kept.size > MAX_ENTRIES ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
}
