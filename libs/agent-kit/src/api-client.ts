import { type Json } from './json';

/** The control plane answered, and said no. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly retryAfterS?: number,
  ) {
    super(detail);
  }

  /** Asked again later it may say yes. */
  get isPassing(): boolean {
    return this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

export interface CallOptions {
  /** Ends the call at once, whatever its outcome is. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Instead of the agent's own. */
  readonly token?: string;
}

export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
}

const TIMEOUT_MS = 30_000;

/** Speaks to the control plane. Whatever is no answer, a broken connection too, is thrown as it comes. */
export class ApiClient {
  token: string;

  constructor(
    private readonly url: string,
    key: string,
  ) {
    this.token = key;
  }

  async post<T>(path: string, body: object, options: CallOptions = {}): Promise<ApiAnswer<T>> {
    const { signal, timeoutMs = TIMEOUT_MS, token = this.token } = options;
    const limit = AbortSignal.timeout(timeoutMs);
    // The address is the operator's own setting: there is nothing to guard it against.
    const answer = await globalThis.fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const text = await answer.text();
    if (!answer.ok) throw errorOf(answer, text);
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
  }
}

function errorOf({ status, headers }: Response, text: string): ApiError {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const { code, detail } = problemIn(text);
  return new ApiError(
    status,
    code ?? `http_${String(status)}`,
    detail ?? `The control plane answered ${String(status)}.`,
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

/** What stands in between, such as a proxy, need not speak JSON. */
function problemIn(text: string): { code?: string; detail?: string } {
  try {
    const body = JSON.parse(text) as Json;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return {};
    const { code, detail } = body as { code?: Json; detail?: Json };
    return {
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof detail === 'string' ? { detail } : {}),
    };
  } catch {
    return {};
  }
}
