import { type UpstreamLayer } from '@app/kernel';
import { type Dispatcher, errors } from 'undici';
import { EgressRefusedError, OutboundFailure } from './errors';
import { limitedBody } from './limited-body';

export interface ExchangeLimits {
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxBodyBytes: number;
}

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | null;
  readonly signal: AbortSignal | null;
}

const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);
const EVENT_STREAM = 'text/event-stream';
const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
/** The caller's own signal ended it: what it said is its own. */
const PASSED_ON: ReadonlySet<string> = new Set(['AbortError', 'TimeoutError']);
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

/** Anything `fetch` takes as a body, read into memory: a redirect may have to send it again. */
export async function readRequest(url: URL, init: RequestInit = {}): Promise<OutgoingRequest> {
  const headers = new Headers(init.headers);
  const packed = new Response(init.body ?? null);
  const type = packed.headers.get('content-type');
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
  const hasBody = init.body !== undefined && init.body !== null;
  const body = hasBody ? Buffer.from(await packed.arrayBuffer()) : null;
  return { url, method: (init.method ?? 'GET').toUpperCase(), headers, body, signal: init.signal ?? null };
}

/** One request, one answer: no redirect is followed here. */
export async function exchange(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  limits: ExchangeLimits,
): Promise<Response> {
  const { url, method, body, signal } = request;
  const headers = new Headers(request.headers);
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'gzip, deflate, br');
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: Object.fromEntries(headers),
      body,
      signal,
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: 0,
    });
    return toResponse(answer, url, limits);
  } catch (error) {
    throw outboundFailure(error);
  }
}

function toResponse(answer: Dispatcher.ResponseData, url: URL, limits: ExchangeLimits): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const isStream = headers.get('content-type')?.toLowerCase().startsWith(EVENT_STREAM) ?? false;
  const encoding = (headers.get('content-encoding') ?? '').trim().toLowerCase();
  const bodyLimits = isStream
    ? { maxBytes: Number.POSITIVE_INFINITY, idleTimeoutMs: 0 }
    : { maxBytes: limits.maxBodyBytes, idleTimeoutMs: limits.idleTimeoutMs };
  let body: ReadableStream<Uint8Array> | null = null;
  if (BODILESS.has(answer.statusCode)) answer.body.on('error', () => undefined).resume();
  else body = limitedBody(answer.body, encoding, bodyLimits);
  const response = new Response(body, { status: answer.statusCode, headers });
  // `Response` has no way to be told its address, and readers of redirects and metadata compare it.
  return Object.defineProperty(response, 'url', { value: url.href });
}

/** Ours and the caller's own abort pass; the rest is sorted by the layer that failed. */
export function outboundFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const known = [error, error.cause].find(isOurs);
  if (known !== undefined) return known;
  if (PASSED_ON.has(error.name) || error instanceof errors.RequestAbortedError) return error;
  const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
  return new OutboundFailure(layerOf(code), code, { cause: error });
}

const isOurs = (error: unknown): boolean =>
  error instanceof EgressRefusedError || error instanceof OutboundFailure;

function layerOf(code: string): UpstreamLayer {
  if (TIMEOUT_CODES.has(code)) return 'timeout';
  if (TLS_CODE.test(code)) return 'tls';
  return code.startsWith('UND_ERR') || code.startsWith('HPE_') ? 'http' : 'tcp';
}
