import { type CallHandler, type ExecutionContext, Logger, type NestInterceptor } from '@nestjs/common';
import { Backoff, retry } from '@app/resilience';
import { identityOf, requestContext } from '@app/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { PROBLEM_TYPE, problemOf } from '../problems/problem-of';
import { type AnswerParts, StoredAnswer } from '../problems/stored-answer';
import { InvalidIdempotencyKeyError } from './idempotency-errors';
import { type Claim, CLAIM_TERM_S, type IdempotencyStore } from './idempotency-store';

const KEY = /^[\x21-\x7e]{1,255}$/;
const RENEW_EVERY_MS = (CLAIM_TERM_S * 1_000) / 3;
/** Larger answers are not kept: the key is freed, and the caller is told by the missing replay. */
const MAX_KEPT_BYTES = 16 * 1_024 * 1_024;
const KEPT_HEADERS = ['location', 'etag', 'link', 'retry-after', 'content-type'] as const;
/** These say "not now": a stored one would say so for a day. */
const NOT_KEPT: ReadonlySet<number> = new Set([401, 408, 425, 429]);
const SERVER_FAULT = 500;
/** In the background, after the caller has got its answer; the claim's term is the end of its use. */
const BACKGROUND_ATTEMPTS = 12;

/** A POST with an Idempotency-Key is done once, however often it arrives. */
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);

  constructor(private readonly store: IdempotencyStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    // Callers without a name share nothing, least of all the answers of one another.
    const caller = requestContext.get()?.principal;
    if (request.method !== 'POST' || key === undefined || caller === undefined) return next.handle();
    const principal = identityOf(caller);
    if (typeof key !== 'string' || !KEY.test(key)) throw new InvalidIdempotencyKeyError();
    const route = `POST ${request.url.split('?')[0] ?? ''}`;
    const claim = this.store.newClaim({ principal, route, key });
    return from(this.once(claim, { request, reply: http.getResponse<FastifyReply>(), next }));
  }

  private async once(claim: Claim, call: Call): Promise<unknown> {
    const claimed = await this.claim(claim, call.request);
    if ('answer' in claimed) throw new StoredAnswer(claimed.answer);
    requestContext.setRepeatSeed(claimed.seed);
    const renewal = setInterval(() => {
      this.inBackground(() => this.store.renew(claim), 1);
    }, RENEW_EVERY_MS);
    try {
      const body: unknown = await lastValueFrom(call.next.handle(), { defaultValue: undefined });
      await this.settle(claim, answerOf(call.reply, body));
      return body;
    } catch (error) {
      await this.settle(claim, refusalOf(error, call.request));
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  private async claim(claim: Claim, { body, query }: FastifyRequest): ReturnType<IdempotencyStore['claim']> {
    try {
      return await this.store.claim(claim, JSON.stringify([query, body ?? null]));
    } catch (error) {
      // The claim may have been made and only its confirmation lost; it is found by its token and given back.
      if (isServerFault(error)) this.inBackground(() => this.store.giveBack(claim));
      throw error;
    }
  }

  /** Before the caller hears of it, so that its next try already finds the answer. A failure here changes no answer. */
  private async settle(claim: Claim, answer: AnswerParts | undefined): Promise<void> {
    const settled =
      answer === undefined
        ? this.store.giveBack.bind(this.store, claim)
        : this.store.keep.bind(this.store, claim, answer);
    try {
      await settled();
    } catch {
      this.inBackground(settled);
    }
  }

  private inBackground(work: () => Promise<void>, attempts = BACKGROUND_ATTEMPTS): void {
    retry(work, { attempts, backoff: new Backoff({ initialMs: 250, maxMs: 10_000 }) }).catch(
      (error: unknown) => {
        this.logger.warn({
          msg: 'An idempotency key could not be settled; its claim ends by itself.',
          error,
        });
      },
    );
  }
}

interface Call {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly next: CallHandler;
}

/** undefined when there is nothing to keep. */
function answerOf(reply: FastifyReply, body: unknown): AnswerParts | undefined {
  const text = body === undefined ? '' : JSON.stringify(body);
  if (Buffer.byteLength(text) > MAX_KEPT_BYTES) return undefined;
  const headers: Record<string, string> =
    body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: reply.statusCode, headers, body: text };
}

function refusalOf(error: unknown, request: FastifyRequest): AnswerParts | undefined {
  const traceId = requestContext.get()?.traceId ?? '';
  const { body, headers } = problemOf(error, { path: request.originalUrl, requestId: request.id, traceId });
  if (body.status >= SERVER_FAULT || NOT_KEPT.has(body.status)) return undefined;
  return {
    status: body.status,
    headers: { ...headers, 'content-type': PROBLEM_TYPE },
    body: JSON.stringify(body),
  };
}

function isServerFault(error: unknown): boolean {
  return problemOf(error, { path: '', requestId: '', traceId: '' }).body.status >= SERVER_FAULT;
}
