import { Agent } from 'undici';
import { type ConnectorOptions, guardedConnector } from './connector';
import { EgressRefusedError } from './errors';
import { exchange, type ExchangeLimits, type OutgoingRequest, readRequest } from './exchange';
import { type EgressPolicy } from './policy';
import { EgressRules } from './rules';

export type FetchLike = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** `fetch`, for addresses that somebody else supplied. */
export interface GuardedFetch extends FetchLike {
  /** Ends its connections; for a client that is made for one upstream and thrown away. */
  close(): Promise<void>;
}

export interface GuardedFetchOptions extends Partial<ConnectorOptions>, Partial<ExchangeLimits> {
  /** 0 for MCP and token endpoints; never more than 3. */
  readonly maxRedirects?: number;
  readonly connectionsPerHost?: number;
}

const MAX_REDIRECTS = 3;
const MAX_HEADER_BYTES = 32 * 1_024;
const DEFAULTS = {
  connectTimeoutMs: 5_000,
  headersTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  maxBodyBytes: 16 * 1_024 * 1_024,
  connectionsPerHost: 32,
} as const;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const KEEPS_METHOD: ReadonlySet<number> = new Set([307, 308]);
/** All that goes to another origin after a redirect: any other header may be a credential. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'user-agent',
  'traceparent',
]);
const CONTROL = /[\u0000-\u001f\u007f]/;

/** The one client for foreign addresses: each hop is parsed, judged, resolved, pinned and checked again when connected. */
export function guardedFetch(policy: EgressPolicy, options: GuardedFetchOptions = {}): GuardedFetch {
  const settings = { ...DEFAULTS, ...options };
  const maxRedirects = Math.min(options.maxRedirects ?? MAX_REDIRECTS, MAX_REDIRECTS);
  const rules = new EgressRules(policy);
  const agent = new Agent({
    connect: guardedConnector(rules, settings),
    connections: settings.connectionsPerHost,
    maxHeaderSize: MAX_HEADER_BYTES,
  });

  const guarded = async (input: string | URL, init?: RequestInit): Promise<Response> => {
    let request = await readRequest(parse(input), init);
    for (let hop = 0; ; hop += 1) {
      const reason = rules.judgeUrl(request.url, hop === 0);
      if (reason !== undefined) throw new EgressRefusedError(reason);
      const response = await exchange(agent, request, settings);
      const location = redirectOf(response);
      if (location === null || init?.redirect === 'manual') return response;
      await response.body?.cancel();
      refuseFurtherHop(hop, init?.redirect === 'error' ? 0 : maxRedirects);
      request = nextHop(request, response.status, location);
    }
  };
  return Object.assign(guarded, { close: () => agent.close() });
}

const redirectOf = (response: Response): string | null =>
  REDIRECTS.has(response.status) ? response.headers.get('location') : null;

function refuseFurtherHop(hop: number, maxRedirects: number): void {
  if (hop < maxRedirects) return;
  throw new EgressRefusedError(maxRedirects === 0 ? 'redirect' : 'too many redirects');
}

function parse(input: string | URL, base?: URL): URL {
  const text = String(input);
  if (CONTROL.test(text) || !URL.canParse(text, base?.href))
    throw new EgressRefusedError('not a valid address');
  const url = new URL(text, base);
  // A stream of events over WebSocket is not what this client speaks.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new EgressRefusedError('scheme');
  return url;
}

function nextHop(request: OutgoingRequest, status: number, location: string): OutgoingRequest {
  const url = parse(location, request.url);
  if (request.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new EgressRefusedError('redirect from https to http');
  }
  const isSameOrigin = url.origin === request.url.origin;
  const keepsBody = KEEPS_METHOD.has(status) && request.body !== null;
  if (keepsBody && !isSameOrigin) throw new EgressRefusedError('redirect with a body to another origin');
  const keepsMethod = KEEPS_METHOD.has(status) || request.method === 'GET' || request.method === 'HEAD';
  return {
    url,
    method: keepsMethod ? request.method : 'GET',
    headers: headersFor(request.headers, isSameOrigin, keepsBody),
    body: keepsBody ? request.body : null,
    signal: request.signal,
  };
}

function headersFor(headers: Headers, isSameOrigin: boolean, keepsBody: boolean): Headers {
  const kept = [...headers].filter(
    ([name]) => (isSameOrigin || HARMLESS.has(name)) && (keepsBody || !name.startsWith('content-')),
  );
  return new Headers(kept);
}
