import { type FastifyReply } from 'fastify';

export interface AnswerParts {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The answer that an idempotency key has already got. Thrown, because it may have any status: Nest sends what a handler
 * returns with the status of the route, and a stored refusal must not pass the interceptors as if it were a resource.
 */
export class StoredAnswer extends Error {
  override readonly name = 'StoredAnswer';
  constructor(private readonly parts: AnswerParts) {
    super('This request was answered before.');
  }

  sendTo(reply: FastifyReply): void {
    const { status, headers, body } = this.parts;
    void reply
      .status(status)
      .headers({ ...headers, 'idempotency-replayed': 'true' })
      .send(Buffer.from(body));
  }
}
