import { DEFAULT_BODY_LIMIT_BYTES, type HouseRules, logFault, problemOf, writeProblem } from '@app/http';
import { type PlainHead, type PlainRequest, type RawRequest, type RawResponse } from '@app/plain-http';
import { requestContext } from '@app/telemetry';
import { Arrival } from '../faces/arrival';
import { houseHeaders } from '../faces/replies';

/** The route, as the rest of the product knows it. */
const ROUTE = '/api/v1/mcp/tools/call';
const PATHS: ReadonlySet<string> = new Set([ROUTE, '/mcp/tools/call']);
/** As long as any body of the API may be: what is given back is served by the framework from then on. */
const BODY_BYTES_MAX = DEFAULT_BODY_LIMIT_BYTES;
const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  ...['application/json; charset=utf-8', 'application/json;charset=utf-8'],
  ...['application/json; charset=UTF-8', 'application/json;charset=UTF-8'],
]);
/** Each of these asks for more than the call, or says of the body what its type does not. */
const UNUSUAL = ['origin', 'cookie', 'idempotency-key', 'content-encoding'] as const;
const ANSWER_TYPE = 'application/json; charset=utf-8';
const OK = 200;

export const isCallPath = (url: string): boolean => PATHS.has(url);

/**
 * A call of a program that shows its key: nothing about it asks for more than the call. Pages, cookies, keys of repetition and
 * packed bodies are judged by the framework, and so is whatever is wrong with the head of a request.
 */
export function isPlainCall({ method, url, headers, bodyBytes }: PlainHead): boolean {
  if (method !== 'POST' || !PATHS.has(url) || bodyBytes > BODY_BYTES_MAX) return false;
  const { authorization = '', 'content-type': type = '' } = headers;
  if (!authorization.startsWith('Bearer ') || !JSON_TYPES.has(type)) return false;
  for (const name of UNUSUAL) if (headers[name] !== undefined) return false;
  return true;
}

/** One call from its arrival to its answer, which is the framework's to the last header. */
export class PlainCall extends Arrival<PlainRequest> {
  private gone: AbortController | undefined = undefined;
  private hungUp: Error | undefined = undefined;
  private passage: { abort(reason: Error): void } | undefined = undefined;
  private status = OK;

  constructor(
    private readonly rules: HouseRules,
    request: PlainRequest,
    response: RawResponse,
    addressOf: (request: RawRequest) => string | undefined,
  ) {
    super(request, response, addressOf);
    response.once('close', () => {
      if (response.writableFinished) this.tell();
      else this.giveUp(new Error('the caller hung up'));
    });
  }

  /** Aborted when the caller hangs up before it has its answer: work for nobody is not done. Made for whoever asks for it. */
  get signal(): AbortSignal {
    this.gone ??= new AbortController();
    if (this.hungUp !== undefined) this.gone.abort(this.hungUp);
    return this.gone.signal;
  }

  /** This is given up with the call. */
  follow(passage: { abort(reason: Error): void }): void {
    this.passage = passage;
  }

  answer(body: object): void {
    const { response } = this;
    if (response.destroyed) return;
    const text = JSON.stringify(body);
    const headers = this.headers();
    headers.push('content-type', ANSWER_TYPE, 'content-length', String(Buffer.byteLength(text)));
    response.writeHead(OK, headers);
    response.end(text);
  }

  fail(error: unknown): void {
    const { response, request, requestId, scope } = this;
    requestContext.run(scope, () => {
      logFault(error);
    });
    if (response.destroyed) return;
    const problem = problemOf(error, { path: request.url, requestId, traceId: scope.traceId });
    this.status = problem.body.status;
    writeProblem(response, problem, this.headers());
  }

  private giveUp(reason: Error): void {
    this.hungUp = reason;
    this.passage?.abort(reason);
    this.gone?.abort(reason);
  }

  private headers(): string[] {
    return this.rules.headers.concat(houseHeaders(this));
  }

  private tell(): void {
    this.rules.onAnswered({
      method: 'POST',
      url: ROUTE,
      route: ROUTE,
      status: this.status,
      elapsedMs: performance.now() - this.startedAtMs,
      scope: this.scope,
    });
  }
}
