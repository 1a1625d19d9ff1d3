import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { Hub } from '../feed/hub';

/** How far the events are at least in an answer: what a follower may leave out. */
export const SEQUENCE_HEADER = 'quayside-sequence';

/**
 * Says with every answer of the API that reads from which event on to listen. The number is taken before the question is
 * answered, so that no event after it can be missing from what follows; one before it may be told again, which harms nobody.
 */
@Injectable()
export class SequenceInterceptor implements NestInterceptor {
  constructor(private readonly hub: Hub) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { head } = this.hub;
    if (head !== undefined && http.getRequest<FastifyRequest>().method === 'GET')
      http.getResponse<FastifyReply>().header(SEQUENCE_HEADER, String(head));
    return next.handle();
  }
}
