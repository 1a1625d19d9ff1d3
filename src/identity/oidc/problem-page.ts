import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { PROBLEM_TYPE, problemOf } from '@app/http';
import { DomainError } from '@app/kernel';
import { requestContext } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';

const NO_TRACE_ID = '0'.repeat(32);
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** On the way of a sign-in people see the answers, not programs: a problem is a page there, unless JSON is asked for. */
@Catch(DomainError)
export class ProblemPage implements ExceptionFilter<DomainError> {
  private readonly logger = new Logger(ProblemPage.name);

  catch(error: DomainError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const traceId = requestContext.get()?.traceId ?? NO_TRACE_ID;
    const { body, headers } = problemOf(error, { path: request.originalUrl, requestId: request.id, traceId });
    if (error.cause !== undefined)
      this.logger.warn({ code: error.code, msg: error.message, cause: error.cause });
    const isPage = request.headers.accept?.includes('text/html') === true;
    void reply
      .status(body.status)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .type(isPage ? 'text/html; charset=utf-8' : PROBLEM_TYPE)
      .send(isPage ? pageOf(error, request.id) : Buffer.from(JSON.stringify(body)));
  }
}

const pageOf = (
  { code, title, message, hint = '' }: DomainError,
  requestId: string,
): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title></head>
<body><h1>${escape(title)}</h1><p>${escape(message)}</p><p>${escape(hint)}</p>
<p><a href="/console/">Back to the console</a> · <a href="/problems/${escape(code)}">What ${escape(code)} means</a></p>
<p>Request ${escape(requestId)}</p></body></html>
`;
