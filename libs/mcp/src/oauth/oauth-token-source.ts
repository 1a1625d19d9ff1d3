import { type Clock, systemClock } from '@app/kernel';
import { type McpAuth, type McpFetch } from '../client/session';
import { OAuthTokenError } from '../errors';
import { keyOf, type OAuthClient } from './oauth-client';
import { requestToken } from './token-request';

export interface OAuthTokenSourceOptions {
  readonly fetch: McpFetch;
  readonly clock?: Clock;
  /** 0 to 1; spreads the refreshes of many processes. */
  readonly random?: () => number;
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
  /** No request before this moment: the endpoint was asked a moment ago. */
  closedUntilMs: number;
  lastError: Error | undefined;
}

const MAX_ENTRIES = 1_000;
const REFRESH_AT_SHARE = 0.8;
/** Of the life, taken off at most, so that not everybody refreshes in the same second. */
const JITTER_SHARE = 0.1;
/** At most one request per client and window, whether it succeeded or not. */
const WINDOW_MS = 5_000;

/** Access tokens by the client-credentials grant: kept in memory only, asked for once however many want one. */
export class OAuthTokenSource {
  /** Oldest use first. */
  private readonly entries = new Map<string, Entry>();
  private readonly clock: Clock;
  private readonly random: () => number;

  constructor(private readonly options: OAuthTokenSourceOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
  }

  async token(client: OAuthClient): Promise<string> {
    const entry = this.entryOf(client);
    const nowMs = this.clock.monotonicMs();
    const { token } = entry;
    if (token === undefined || nowMs >= token.endsAtMs) return (await this.refresh(entry, client)).value;
    // Early and aside: the token at hand is good, nobody waits, and a failure is met again when it counts.
    if (nowMs >= token.refreshAtMs) this.refresh(entry, client).catch(() => undefined);
    return token.value;
  }

  /** A token other than the rejected one; the same when the endpoint was asked a moment ago. */
  async renew(client: OAuthClient, rejected: string): Promise<string> {
    const entry = this.entryOf(client);
    const current = entry.token?.value;
    if (current !== undefined && current !== rejected) return current;
    if (current !== undefined && entry.flight === undefined && this.isClosed(entry)) return current;
    return (await this.refresh(entry, client)).value;
  }

  /** The credentials of one server, for `connectMcp`. */
  authFor(client: OAuthClient): McpAuth {
    return {
      authorization: async () => `Bearer ${await this.token(client)}`,
      renew: async (rejected) =>
        `Bearer ${await this.renew(client, rejected?.replace(/^Bearer /, '') ?? '')}`,
    };
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
      const { value, lifeS } = await requestToken(client, this.options.fetch);
      const nowMs = this.clock.monotonicMs();
      const share = REFRESH_AT_SHARE - JITTER_SHARE * this.random();
      entry.token = { value, refreshAtMs: nowMs + lifeS * share * 1000, endsAtMs: nowMs + lifeS * 1000 };
      entry.lastError = undefined;
      // A token may live shorter than the window; then its end is when the next request is due.
      entry.closedUntilMs = nowMs + Math.min(WINDOW_MS, lifeS * 1000);
      return entry.token;
    } catch (error) {
      const waitMs = error instanceof OAuthTokenError ? (error.retryAfterS ?? 0) * 1000 : 0;
      entry.closedUntilMs = this.clock.monotonicMs() + Math.max(WINDOW_MS, waitMs);
      entry.lastError = error instanceof Error ? error : new Error(String(error));
      throw entry.lastError;
    }
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
    const entry = this.entries.get(key) ?? {
      token: undefined,
      flight: undefined,
      closedUntilMs: 0,
      lastError: undefined,
    };
    this.entries.delete(key);
    this.entries.set(key, entry);
    const oldest = this.entries.size > MAX_ENTRIES ? this.entries.keys().next().value : undefined;
    if (oldest !== undefined) this.entries.delete(oldest);
    return entry;
  }
}
