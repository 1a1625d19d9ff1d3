import { accessLog, requestContext, type RequestScope, tracer } from '@app/telemetry';
import { type FastifyRequest } from 'fastify';

/** Of requests under way that somebody is told of at their end: then the scope of a request is not at hand any more. */
const places = new WeakMap<FastifyRequest, () => RequestScope | undefined>();

/** Called within the scope of the request. Who calls becomes known later. */
export function keepPlace(request: FastifyRequest, { traceparent }: RequestScope): void {
  if (accessLog.isOn || tracer.follows(traceparent)) places.set(request, requestContext.follow());
}

export const placeOf = (request: FastifyRequest): RequestScope | undefined => places.get(request)?.();
