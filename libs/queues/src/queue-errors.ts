import { isNativeError } from 'node:util/types';

import { isDatabaseUnavailable } from '@app/database';
import { DomainError } from '@app/kernel';

/** The queue's server cannot be reached. What was to be sent waits in the outbox. */
export class QueueUnavailableError extends DomainError {
  readonly code = 'queue_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'The queue is not reachable';
  override readonly hint = 'Try again in a moment; nothing that was accepted is lost.';

  constructor(cause: unknown) {
    super('The queue does not answer at the moment.', { cause, retryAfterS: 2 });
  }
}

/** An answer did not come in time; it may still have been done. */
export class QueueTimeoutError extends Error {
  constructor(what: string, timeoutMs: number) {
    super(`${what}: no answer within ${String(timeoutMs)} ms`);
    this.name = new.target.name;
  }
}

const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'NR_CLOSED',
]);

/** The drivers say these in words only. `LOADING` and its like: a Redis that is there and not ready. */
const CONNECTION_WORDS =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY) |connection is closed|connection (was )?(terminated|ended|closed)|stream isn't writeable|max ?retries ?per ?request|timeout exceeded when trying to connect|timeout expired|query read timeout|command timed out|socket closed|client was closed/i;

/** Whether waiting helps. A rejected payload, a missing schema or a wrong password are faults of another kind. */
export function isQueueConnectionFault(error: unknown): boolean {
  if (error instanceof QueueUnavailableError || error instanceof QueueTimeoutError) return true;
  if (!isNativeError(error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return NETWORK_CODES.has(code) || CONNECTION_WORDS.test(error.message) || isDatabaseUnavailable(error);
}

export const asQueueError = (error: unknown): unknown =>
  isQueueConnectionFault(error) && !(error instanceof QueueUnavailableError)
    ? new QueueUnavailableError(error)
    : error;
