import { type DeliverySchedule } from './delivery-schedule';
import { type Outcome } from './delivery';

export type NextStep =
  | { readonly status: 'delivered' }
  | { readonly status: 'retrying'; readonly inMs: number; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Pure: what becomes of a message after a try. `tries` counts this one. */
export function nextStep(outcome: Outcome, tries: number, schedule: DeliverySchedule): NextStep {
  if (outcome.kind === 'delivered') return { status: 'delivered' };
  const { reason, isRetryable, retryAfterMs } = outcome;
  const inMs = isRetryable ? schedule.retryInMs(tries, retryAfterMs) : undefined;
  return inMs === undefined ? { status: 'failed', reason } : { status: 'retrying', inMs, reason };
}
