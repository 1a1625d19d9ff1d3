import { type Metrics } from '@app/telemetry';
import { type FastifyInstance } from 'fastify';

const BOUNDS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const MS_PER_S = 1_000;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts each answer by the pattern of its route, never by its address: what callers write is no label. */
export function countRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const requests = metrics.counter('http_requests_total', 'Requests to the HTTP API by status.', {
    labels: ['method', 'route', 'status'],
  });
  const durations = metrics.histogram('http_request_duration_seconds', 'How long requests took.', {
    labels: ['method', 'route'],
    bounds: BOUNDS_S,
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const method = METHODS.has(request.method) ? request.method : 'other';
    const route = request.routeOptions.url ?? 'unmatched';
    requests.of(method, route, String(reply.statusCode)).add();
    durations.of(method, route).observe(reply.elapsedTime / MS_PER_S);
    done();
  });
}
