import { type Metrics } from '@app/telemetry';
import { type AnsweredRequest } from './answered-request';

const BOUNDS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const MS_PER_S = 1_000;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts each answer by the pattern of its route, never by its address: what callers write is no label. */
export function answerCounter(metrics: Metrics): (answered: AnsweredRequest) => void {
  const requests = metrics.counter('http_requests_total', 'Requests to the HTTP API by status.', {
    labels: ['method', 'route', 'status'],
  });
  const durations = metrics.histogram('http_request_duration_seconds', 'How long requests took.', {
    labels: ['method', 'route'],
    bounds: BOUNDS_S,
  });
  return ({ method: asked, route = 'unmatched', status, elapsedMs }) => {
    const method = METHODS.has(asked) ? asked : 'other';
    requests.of(method, route, String(status)).add();
    durations.of(method, route).observe(elapsedMs / MS_PER_S);
  };
}
