import { tracer } from '@app/telemetry';
import { type FastifyInstance } from 'fastify';
import { placeOf } from './request-places';

const SERVER_FAULT = 500;

/** Tells of each request by the pattern of its route, never by its address: what callers write is nobody else's. */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const scope = tracer.isOn ? placeOf(request) : undefined;
    if (scope !== undefined && tracer.follows(scope.traceparent)) {
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
