import { accessLog, type RequestScope, tracer } from '@app/telemetry';
import { type FastifyRequest } from 'fastify';

/** Of requests under way that somebody is told of at their end: then the scope of a request is not at hand any more. */
const places = new WeakMap<FastifyRequest, RequestScope>();

export function keepPlace(request: FastifyRequest, scope: RequestScope): void {
  if (accessLog.isOn || tracer.follows(scope.traceparent)) places.set(request, scope);
}

export const placeOf = (request: FastifyRequest): RequestScope | undefined => places.get(request);
