import { MAX_MESSAGE_BYTES } from '@app/mcp';
import { gatheredBodies } from '../faces/gathered-bodies';
import { answerError } from '../faces/replies';
import { rpcErrorOf } from '../faces/rpc-errors';
import { type Visit } from '../faces/visit';
import { type Attempt } from './attempt';
import { ClientEvents } from './client-events';
import { type SeenEvent } from './event-messages';
import { type KeepAlives } from './keep-alives';

const NO_EVENTS: readonly SeenEvent[] = [];
const ONE_WRITE_MAX_BYTES = 8 * 1024;

/** An answer is longer than any that passes. */
export class AnswerTooLongError extends Error {}

/** What a client gets: a body at once, a long one as it comes, or events. */
export class ClientAnswer {
  private events: ClientEvents | undefined = undefined;
  private longBytes = 0;

  constructor(
    private readonly visit: Visit,
    private readonly keepAlives: KeepAlives,
  ) {}

  get isEvents(): boolean {
    return this.events !== undefined;
  }

  get isLong(): boolean {
    return this.longBytes > 0;
  }

  openEvents(headers: readonly string[], attempt: Attempt): void {
    this.events = new ClientEvents(this.visit.response, headers, attempt, this.keepAlives);
  }

  openLong(status: number, headers: string[], length: unknown): void {
    this.longBytes = 1;
    if (typeof length === 'string') headers.push('content-length', length);
    this.visit.response.writeHead(status, headers);
  }

  /** What an event stream says in this piece; nothing for other bodies. */
  piece(piece: Buffer, attempt: Attempt): readonly SeenEvent[] {
    if (this.events !== undefined) return this.events.push(piece);
    this.longBytes += piece.length;
    if (this.longBytes > MAX_MESSAGE_BYTES) throw new AnswerTooLongError('its answer is too long');
    const { response } = this.visit;
    if (!response.write(piece)) {
      attempt.pause();
      response.once('drain', () => {
        attempt.resume();
      });
    }
    return NO_EVENTS;
  }

  whole(status: number, headers: string[], body: Buffer): void {
    const { response } = this.visit;
    headers.push('content-length', String(body.length));
    response.writeHead(status, headers);
    // Head and a short body leave as one text, in one write; latin1 keeps each byte what it is.
    if (body.length <= ONE_WRITE_MAX_BYTES) response.end(body.toString('latin1'), 'latin1');
    else response.end(body);
    // The system has all of it, and nobody else looks at an answer that was passed on.
    if (response.writableLength === 0) gatheredBodies.giveBack(body);
  }

  end(): void {
    if (this.events === undefined) this.visit.response.end();
    else this.events.end();
  }

  /** Where half an answer went out already, breaking off is all that can still be said. */
  fail(error: Error, status?: number): void {
    const { visit, events } = this;
    if (events !== undefined)
      events.end(visit.scan?.kind === 'request' ? failureText(visit, error) : undefined);
    else if (visit.response.headersSent) visit.response.destroy();
    else answerError(visit, error, status);
  }

  abandon(): void {
    this.events?.abandon();
  }
}

const failureText = ({ scan, scope }: Visit, error: Error): string =>
  JSON.stringify({ jsonrpc: '2.0', id: scan?.id ?? null, error: rpcErrorOf(error, scope.traceId) });
