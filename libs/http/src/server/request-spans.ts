import { type RequestScope, tracer } from '@app/telemetry';
import { type FastifyInstance, type FastifyRequest } from 'fastify';

const SERVER_FAULT = 500;

/** Of requests under way, while spans are kept: after the answer the scope of a request is not at hand any more. */
const places = new WeakMap<FastifyRequest, RequestScope>();

export function keepPlace(request: FastifyRequest, scope: RequestScope): void {
  if (tracer.follows(scope.traceparent)) places.set(request, scope);
}

/** Tells of each request by the pattern of its route, never by its address: what callers write is nobody else's. */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const scope = tracer.isOn ? places.get(request) : undefined;
    if (scope !== undefined) {
      const { traceparent, parent } = scope;
      const route = request.routeOptions.url;
      const endedAtMs = performance.now();
      tracer.record({
        ...{ name: route === undefined ? request.method : `${request.method} ${route}`, kind: 'server' },
        ...{ traceparent, parent, endedAtMs, startedAtMs: endedAtMs - reply.elapsedTime },
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'http.response.status_code': reply.statusCode,
        },
        error: reply.statusCode >= SERVER_FAULT ? String(reply.statusCode) : undefined,
      });
    }
    done();
  });
}
