import { accessLog } from '@app/telemetry';
import { type FastifyInstance } from 'fastify';
import { placeOf } from './request-places';

/** One line for each answer, where lines of level debug are written. An address is told without its query. */
export function logRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const scope = accessLog.isOn ? placeOf(request) : undefined;
    if (scope !== undefined) {
      const { method, url } = request;
      const [path] = url.split('?', 1);
      const members = { method, path, status: reply.statusCode, duration_ms: Math.round(reply.elapsedTime) };
      accessLog.tell(scope, members, 'a request was answered');
    }
    done();
  });
}
