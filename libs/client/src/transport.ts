import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionError, type Problem, problemErrorOf, TimeoutError } from './errors';
import { mayRepeat, RETRIES, type RetryOptions, waitBefore } from './retries';

export interface ClientOptions {
  /** Address of the installation. */
  readonly url: string;
  /** An API key or access token; a function is asked before each request, for tokens that change. */
  readonly token: string | (() => string | Promise<string>);
  readonly timeoutMs?: number;
  readonly retries?: Partial<RetryOptions>;
  readonly fetch?: typeof fetch;
  /** Told of each try, without the token. */
  readonly onRequest?: (method: string, path: string) => void;
}

export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Longer than the longest `?wait=`. */
const TIMEOUT_MS = 75_000;

/** Requests, one after the other where that is safe, and problems as errors. */
export class Transport {
  readonly url: string;
  private readonly retries: RetryOptions;

  constructor(private readonly options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.retries = { ...RETRIES, ...options.retries };
  }

  async send(sending: Sending): Promise<Response> {
    // The same key for every try: that is what makes trying again safe.
    const key = sending.method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
    const request = { ...sending, headers: { ...key, ...sending.headers } };
    const attempted = { ...sending, hasPrecondition: 'if-match' in request.headers };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(request);
      } catch (error) {
        if (attempt >= this.retries.tries || !mayRepeat(attempted, error)) throw error;
        const waitMs = waitBefore(attempt, error, this.retries);
        if (waitMs === undefined) throw error;
        await delay(waitMs, undefined, sending.signal === undefined ? {} : { signal: sending.signal });
      }
    }
  }

  /** One try. The time limit covers the answer's head and, where it is read as a whole, its body. */
  async once(sending: Sending): Promise<Response> {
    const { method, path, signal } = sending;
    const limitMs = sending.timeoutMs ?? this.options.timeoutMs ?? TIMEOUT_MS;
    const limit = Number.isFinite(limitMs) ? AbortSignal.timeout(limitMs) : undefined;
    this.options.onRequest?.(method, path);
    const response = await this.ask(sending, limit).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      if (limit?.aborted === true) throw new TimeoutError(this.url, limitMs);
      throw new ConnectionError(this.url, { cause: error });
    });
    if (response.ok) return response;
    throw problemErrorOf(response.status, await problemIn(response), retryAfterOf(response));
  }

  private async ask(
    { method, path, body, headers, signal }: Sending,
    limit?: AbortSignal,
  ): Promise<Response> {
    const signals = [limit, signal].filter((each) => each !== undefined);
    const { token } = this.options;
    const authorization = `Bearer ${typeof token === 'string' ? token : await token()}`;
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    return this.fetch(`${this.url}${path}`, {
      ...{ method, redirect: 'error', signal: AbortSignal.any(signals) },
      headers: { accept: 'application/json', authorization, ...content, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  private get fetch(): typeof fetch {
    return this.options.fetch ?? globalThis.fetch;
  }
}

/** Something between us and the installation may answer with a page. */
async function problemIn(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
