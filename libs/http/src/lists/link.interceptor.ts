import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';

/** Only the path and query are used: the base is never sent. */
const ANY_BASE = 'http://localhost';

/** `Link: <…>; rel="next"` beside `next_cursor`, for clients that page by header. */
export class LinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((body: unknown) => {
        const cursor = nextCursorOf(body);
        if (cursor !== undefined) reply.header('link', `<${nextPage(request, cursor)}>; rel="next"`);
      }),
    );
  }
}

function nextCursorOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('next_cursor' in body)) return undefined;
  return typeof body.next_cursor === 'string' ? body.next_cursor : undefined;
}

function nextPage({ originalUrl }: FastifyRequest, cursor: string): string {
  const url = new URL(originalUrl, ANY_BASE);
  url.searchParams.set('cursor', cursor);
  // What was left out lies before the cursor.
  url.searchParams.delete('skip');
  return url.pathname + url.search;
}
