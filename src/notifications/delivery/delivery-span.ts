import { childTraceparent, isTraceparent, tracer } from '@app/telemetry';
import { type DueDelivery, type Outcome } from '../domain/delivery';

/** One try to deliver a webhook, as a part of what the event of the message came from. */
export function tellDelivery(
  { id, event, attempt, body }: DueDelivery,
  outcome: Outcome,
  startedAtMs: number,
): void {
  const parent = traceparentIn(body);
  if (!tracer.follows(parent)) return;
  tracer.record({
    ...{ name: 'webhook delivery', kind: 'client', traceparent: childTraceparent(parent), parent },
    ...{ startedAtMs, endedAtMs: performance.now() },
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': outcome.responseStatus,
      'cloudevents.event_id': id,
      'cloudevents.event_type': event,
      'quayside.attempt': attempt,
    },
    error: outcome.kind === 'failed' ? outcome.reason : undefined,
  });
}

/** The message is an envelope of ours, kept as it is sent. */
function traceparentIn(body: string): string | undefined {
  const { traceparent } = JSON.parse(body) as { readonly traceparent?: unknown };
  return typeof traceparent === 'string' && isTraceparent(traceparent) ? traceparent : undefined;
}
