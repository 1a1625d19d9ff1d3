import { type Metrics, type RequestScope } from '@app/telemetry';
import { type FastifyInstance } from 'fastify';
import { logAnswer } from './request-log';
import { answerCounter } from './request-metrics';
import { placeOf } from './request-places';
import { traceAnswer } from './request-spans';

/** One request of the API, when all of its answer was sent. */
export interface AnsweredRequest {
  readonly method: string;
  readonly url: string;
  /** The pattern that matched; undefined where none did. */
  readonly route: string | undefined;
  readonly status: number;
  readonly elapsedMs: number;
  /** Where somebody wants to know it. */
  readonly scope: RequestScope | undefined;
}

export type OnAnswered = (answered: AnsweredRequest) => void;

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
