import { type JsonValue } from '@app/kernel';
import { EgressRefusedError, OutboundFailure } from '@app/security';
import { type Failure } from '../lifecycle/task-outcomes';

/** What came of sending a task to an agent. */
export type PushVerdict =
  | { readonly kind: 'completed'; readonly result: JsonValue }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'failed'; readonly error: Failure; readonly isAgentAtFault: boolean }
  /** It has not got it, and wants nothing for some time. */
  | { readonly kind: 'closed'; readonly forS: number }
  /** It has not got it: no connection came about. */
  | { readonly kind: 'unreachable'; readonly why: string }
  /** It may have got it: nobody knows. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface PushAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

const CLOSED_FOR_S = 5;
const CLOSED_MAX_S = 3_600;
const ACCEPTED = 202;
/** The agent wants no more for now. */
const CLOSED: ReadonlySet<number> = new Set([429, 503]);
/** Of those that say that the request was wrong, those that say so of the moment. */
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425]);
/** Before anything was sent. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'],
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Pure: what an answer means for the task. */
export function verdictOf({ status, retryAfter, body }: PushAnswer, nowMs: number): PushVerdict {
  if (status === ACCEPTED) return { kind: 'accepted' };
  if (status >= 200 && status < 300) return resultOf(body);
  if (CLOSED.has(status)) return { kind: 'closed', forS: closedForS(retryAfter, nowMs) };
  const isAgentAtFault = status >= 500;
  const retryable = isAgentAtFault || TRY_AGAIN.has(status);
  const message = `The agent answered ${String(status)}.`;
  return { kind: 'failed', isAgentAtFault, error: { code: 'agent_refused', message, retryable } };
}

/** Pure: what a failure to get an answer means. Only what certainly was not sent may be given to somebody else as if new. */
export function verdictOfFailure(error: unknown): PushVerdict {
  if (error instanceof EgressRefusedError) return { kind: 'unreachable', why: error.message };
  if (!(error instanceof OutboundFailure))
    return { kind: 'unknown', why: 'The agent did not answer in time.' };
  const isUnsent = error.layer === 'dns' || error.layer === 'tls' || NOT_CONNECTED.has(error.code);
  return isUnsent
    ? { kind: 'unreachable', why: error.message }
    : { kind: 'unknown', why: `The connection to the agent ended before its answer (${error.code}).` };
}

/** The body is the result; none is one as well. */
function resultOf(body: string): PushVerdict {
  if (body.trim() === '') return { kind: 'completed', result: null };
  try {
    return { kind: 'completed', result: JSON.parse(body) as JsonValue };
  } catch {
    const message = 'The agent answered with something that is not JSON.';
    return {
      kind: 'failed',
      isAgentAtFault: true,
      error: { code: 'invalid_result', message, retryable: false },
    };
  }
}

/** Seconds, or a date; what cannot be read is as good as nothing. */
function closedForS(retryAfter: string | null, nowMs: number): number {
  const text = retryAfter?.trim() ?? '';
  const wantedS = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - nowMs) / 1_000;
  if (Number.isNaN(wantedS)) return CLOSED_FOR_S;
  return Math.min(CLOSED_MAX_S, Math.max(1, Math.ceil(wantedS)));
}
