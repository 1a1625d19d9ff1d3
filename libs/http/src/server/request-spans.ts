import { tracer } from '@app/telemetry';
import { type AnsweredRequest } from './answered-request';

const SERVER_FAULT = 500;

/** Tells of each request by the pattern of its route, never by its address: what callers write is nobody else's. */
export function traceAnswer({ method, route, status, elapsedMs, scope }: AnsweredRequest): void {
  if (scope === undefined || !tracer.follows(scope.traceparent)) return;
  const { traceparent, parent } = scope;
  const endedAtMs = performance.now();
  tracer.record({
    ...{ name: route === undefined ? method : `${method} ${route}`, kind: 'server' },
    ...{ traceparent, parent, endedAtMs, startedAtMs: endedAtMs - elapsedMs },
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': status,
    },
    error: status >= SERVER_FAULT ? String(status) : undefined,
  });
}
