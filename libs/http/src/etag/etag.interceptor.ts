import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { etagOf, versionsIn } from './etag';

/** Weak keys: an answer is forgotten with its object. */
const versions = new WeakMap<object, number>();

/** Remembers beside the body, not in it, which version of the row it shows; the answer then carries it as `ETag`. */
export function withRowVersion<T extends object>(body: T, rowVersion: number): T {
  versions.set(body, rowVersion);
  return body;
}

const NOT_MODIFIED = 304;

export class ETagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(map((body: unknown) => this.tag(body, request, reply)));
  }

  private tag(body: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
    const version = typeof body === 'object' && body !== null ? versions.get(body) : undefined;
    if (version === undefined) return body;
    reply.header('etag', etagOf(version));
    if (!isUnchanged(request, version)) return body;
    reply.status(NOT_MODIFIED);
    return undefined;
  }
}

function isUnchanged({ method, headers }: FastifyRequest, version: number): boolean {
  const known = headers['if-none-match'];
  if (known === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  return versionsIn(known, 'weak')?.includes(version) ?? true;
}
