import { childTraceparent, requestContext, systemScope, traceIdOf, type RequestScope } from '@app/telemetry';

/** What a message carries of its cause, so that one id leads from the click to the container. */
export interface MessageOrigin {
  readonly correlationId?: string;
  readonly causationId?: string;
  readonly traceparent?: string;
}

export function currentOrigin(): MessageOrigin {
  const scope = requestContext.get();
  if (scope === undefined) return {};
  return {
    correlationId: scope.requestId,
    traceparent: scope.traceparent,
    ...(scope.causationId === undefined ? {} : { causationId: scope.causationId }),
  };
}

export const encodeOrigin = (origin: MessageOrigin): string => JSON.stringify(origin);

/** The scope a handler runs in: our own name, the sender's ids. What cannot be read is a message without a cause. */
export function scopeOfMessage(consumer: string, metadata: string | undefined): RequestScope {
  const origin = decodeOrigin(metadata);
  const own = systemScope(consumer);
  const traceparent =
    origin.traceparent === undefined ? own.traceparent : childTraceparent(origin.traceparent);
  return {
    ...own,
    traceparent,
    ...(origin.traceparent === undefined ? {} : { parent: origin.traceparent }),
    traceId: traceIdOf(traceparent),
    requestId: origin.correlationId ?? own.requestId,
    ...(origin.causationId === undefined ? {} : { causationId: origin.causationId }),
  };
}

function decodeOrigin(metadata: string | undefined): MessageOrigin {
  if (metadata === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(metadata);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
