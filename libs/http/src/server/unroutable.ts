import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { newTraceparent, traceIdOf } from '@app/telemetry';
import { type ConnectionError, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  type FrameworkProblem,
  HEADER_TOO_LARGE,
  MALFORMED_REQUEST,
  REQUEST_TIMEOUT,
} from '../problems/framework-problems';
import { PROBLEM_TYPE, problemOf } from '../problems/problem-of';
import { sendProblem } from '../problems/send-problem';
import { requestIdOf } from './request-scope';

/** The router itself gave up, before any hook: a badly encoded path, an overlong parameter. */
export function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const traceId = traceIdOf(newTraceparent());
  void reply.header('x-request-id', request.id);
  sendProblem(reply, problemOf(error, { path: request.originalUrl, requestId: request.id, traceId }));
}

const BY_CODE: Readonly<Partial<Record<string, FrameworkProblem>>> = {
  HPE_HEADER_OVERFLOW: HEADER_TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: REQUEST_TIMEOUT,
};

/** Not even a request arrived: there is only a socket to answer on. */
export function answerClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = BY_CODE[error.code] ?? MALFORMED_REQUEST;
  const requestId = requestIdOf({ headers: {} });
  const body = JSON.stringify({
    type: `/problems/${problem.code}`,
    ...problem,
    docs: `/problems/${problem.code}`,
    instance: '',
    request_id: requestId,
    trace_id: traceIdOf(newTraceparent()),
  });
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
      `Content-Type: ${PROBLEM_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
