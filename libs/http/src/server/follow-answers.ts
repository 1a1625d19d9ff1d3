import { type Metrics } from '@app/telemetry';
import { type FastifyInstance } from 'fastify';
import { type OnAnswered } from './answered-request';
import { logAnswer } from './request-log';
import { answerCounter } from './request-metrics';
import { placeOf } from './request-places';
import { traceAnswer } from './request-spans';

/** Counts, follows and logs a request, whoever served it. */
export function followersOf(metrics: Metrics | undefined): OnAnswered {
  const count = metrics === undefined ? undefined : answerCounter(metrics);
  return (answered) => {
    count?.(answered);
    traceAnswer(answered);
    logAnswer(answered);
  };
}

/** Tells of those that the framework serves. */
export function tellAnswers(fastify: FastifyInstance, onAnswered: OnAnswered): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    onAnswered({
      method: request.method,
      url: request.url,
      route: request.routeOptions.url,
      status: reply.statusCode,
      elapsedMs: reply.elapsedTime,
      scope: placeOf(request),
    });
    done();
  });
}
