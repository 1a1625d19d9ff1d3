import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { requestContext } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type RouteTable } from '../server/route-table';
import { METHOD_NOT_ALLOWED } from './framework-problems';
import { logFault } from './log-fault';
import { type ProblemAnswer, problemOf } from './problem-of';
import { sendProblem } from './send-problem';
import { StoredAnswer } from './stored-answer';

const NO_TRACE_ID = '0'.repeat(32);
const NOT_FOUND = 404;

/** Catches whatever a route, a guard, a hook or the framework throws. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemDetailsFilter.name);

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) {
      // Half an answer cannot be taken back; ending the connection tells the client that it is no whole one.
      this.logger.error(error);
      reply.raw.destroy();
      return;
    }
    if (error instanceof StoredAnswer) {
      error.sendTo(reply);
      return;
    }
    logFault(error);
    sendProblem(reply, this.answer(error, request));
  }

  private answer(error: unknown, request: FastifyRequest): ProblemAnswer {
    const traceId = requestContext.get()?.traceId ?? NO_TRACE_ID;
    const place = { path: request.originalUrl, requestId: request.id, traceId };
    const answer = problemOf(error, place);
    if (answer.body.status !== NOT_FOUND || !request.is404) return answer;
    const allowed = this.routes.methodsOf(request.url);
    // A route that found no file at its path knows the method well.
    if (allowed.length === 0 || allowed.includes(request.method)) return answer;
    const refused = problemOf(new HttpException('', METHOD_NOT_ALLOWED.status), place);
    return { ...refused, headers: { ...refused.headers, allow: allowed.join(', ') } };
  }
}
