import { ConnectionError, ProblemError, TimeoutError } from './errors';

export interface RetryOptions {
  /** Tries in all. */
  readonly tries: number;
  /** The wait before the second try; it doubles, and each is drawn at random below its bound. */
  readonly baseMs: number;
}

export const RETRIES: RetryOptions = { tries: 4, baseMs: 250 };
/** Whoever is told to wait for longer is better told about it. */
const WAIT_MAX_MS = 30_000;

export interface Attempted {
  readonly method: string;
  readonly path: string;
  readonly hasPrecondition: boolean;
}

/** A tool may send a mail: who does not know whether it was called must not call it again. */
const CALLS_A_TOOL = /\/mcp\/tools\/call$/;
const NOT_CARRIED_OUT = new Set([429, 503]);
const PERHAPS_LATER = new Set([502, 503, 504]);

/**
 * Whether it is safe to send the same request once more. A POST carries a key by which a repetition is known, so a connection
 * that broke may be tried again; of a call of a tool only what certainly did not begin.
 */
export function mayRepeat(request: Attempted, error: unknown): boolean {
  if (error instanceof ProblemError) return mayRepeatAnswer(request, error);
  if (CALLS_A_TOOL.test(request.path)) return error instanceof ConnectionError && neverArrived(error);
  // The first try may have been carried out: the second would then be told that its version is stale.
  if (request.hasPrecondition) return false;
  return error instanceof ConnectionError || (error instanceof TimeoutError && request.method === 'GET');
}

function mayRepeatAnswer({ method, path }: Attempted, { status, code }: ProblemError): boolean {
  if (code === 'quota_exceeded') return false;
  if (code === 'idempotency_in_progress') return true;
  if (status === 429) return true;
  if (CALLS_A_TOOL.test(path)) return false;
  return method === 'GET' ? PERHAPS_LATER.has(status) : NOT_CARRIED_OUT.has(status);
}

const neverArrived = ({ cause }: ConnectionError): boolean => codeOf(cause) === 'ECONNREFUSED';

function codeOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error) return error.code;
  return 'cause' in error ? codeOf(error.cause) : undefined;
}

/** undefined: not worth waiting for. */
export function waitBefore(attempt: number, error: unknown, { baseMs }: RetryOptions): number | undefined {
  const asked = error instanceof ProblemError ? error.retryAfterMs : undefined;
  if (asked !== undefined) return asked > WAIT_MAX_MS ? undefined : asked;
  return Math.random() * Math.min(WAIT_MAX_MS, baseMs * 2 ** attempt);
}
