import { Agent } from 'undici';
import { exchange, type ExchangeLimits, readRequest } from './exchange';
import { type GuardedFetch } from './guarded-fetch';

export interface TrustedFetchOptions extends Partial<ExchangeLimits> {
  readonly connectTimeoutMs?: number;
  readonly connectionsPerHost?: number;
  /** Certificates, in PEM, of the only authorities that are believed there; absent: the usual ones. */
  readonly ca?: string;
}

const DEFAULTS = {
  connectTimeoutMs: 2_000,
  headersTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  maxBodyBytes: 16 * 1_024 * 1_024,
  connectionsPerHost: 64,
} as const;

/**
 * For addresses that we made ourselves, containers of ours and the stdio bridge, and for those that the operator wrote
 * into the settings. A redirect comes back as it is and is
 * never followed, because what runs in a container is as foreign as any remote server.
 */
export function trustedFetch(options: TrustedFetchOptions = {}): GuardedFetch {
  const settings = { ...DEFAULTS, ...options };
  const agent = new Agent({
    connect: { timeout: settings.connectTimeoutMs, ...(options.ca === undefined ? {} : { ca: options.ca }) },
    connections: settings.connectionsPerHost,
  });
  const trusted = async (input: string | URL, init?: RequestInit): Promise<Response> =>
    exchange(agent, await readRequest(new URL(input), init), settings);
  return Object.assign(trusted, { close: () => agent.close() });
}
