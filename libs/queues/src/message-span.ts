import { errorTypeOf, requestContext, type RequestScope, tracer } from '@app/telemetry';

const SYSTEM = 'bullmq';

interface Message {
  readonly queue: string;
  readonly jobId: string;
  readonly attempt: number;
}

/** Handles a message in its own scope, and tells of it as the next part of what its sender began. */
export async function inSpan(
  scope: RequestScope,
  message: Message,
  handle: () => Promise<void>,
): Promise<void> {
  if (!tracer.follows(scope.traceparent)) return requestContext.run(scope, handle);
  const startedAtMs = performance.now();
  let error: string | undefined;
  try {
    await requestContext.run(scope, handle);
  } catch (caught) {
    error = errorTypeOf(caught);
    throw caught;
  } finally {
    const { queue, jobId, attempt } = message;
    tracer.record({
      ...{ name: `process ${queue}`, kind: 'consumer', error },
      ...{ traceparent: scope.traceparent, parent: scope.parent },
      ...{ startedAtMs, endedAtMs: performance.now() },
      attributes: {
        'messaging.system': SYSTEM,
        'messaging.operation.type': 'process',
        'messaging.destination.name': queue,
        'messaging.message.id': jobId,
        'quayside.attempt': attempt,
      },
    });
  }
}
