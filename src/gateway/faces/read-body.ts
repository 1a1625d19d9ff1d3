import { type IncomingMessage } from 'node:http';
import { PlainRequest, type RawRequest } from '@app/plain-http';
import { MessageTooLargeError } from './faces.errors';
import { gather } from './gathered-bodies';

/** The longest message of a client (`MCP 4 MiB`). */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** `undefined`: its sender went away half-way, and nobody is there to be told anything. */
export type OnBody = (body: Buffer | MessageTooLargeError | undefined) => void;

/** One body on its way in. */
class Body {
  private first: Buffer | undefined = undefined;
  private more: Buffer[] | undefined = undefined;
  private size = 0;
  private isDone = false;

  constructor(private readonly onBody: OnBody) {}

  take(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.isDone) return;
    if (this.size > BODY_BYTES_MAX) this.finish(new MessageTooLargeError(BODY_BYTES_MAX));
    else if (this.first === undefined) this.first = chunk;
    else (this.more ??= [this.first]).push(chunk);
  }

  end(): void {
    const { first = NOTHING, more, size } = this;
    this.finish(more === undefined ? first : Buffer.concat(more, size));
  }

  finish(body: Buffer | MessageTooLargeError | undefined): void {
    if (this.isDone) return;
    this.isDone = true;
    this.first = undefined;
    this.more = undefined;
    this.onBody(body);
  }
}

/**
 * The body of a request, of which at most the limit is ever in memory. What is too much is let through unseen: hanging up
 * on a client that still sends would cost it the answer.
 */
export function readBody(request: RawRequest, onBody: OnBody): void {
  if (request instanceof PlainRequest) {
    // As long as its head says, and no longer than is taken.
    request.takeBody(onBody, gather);
    return;
  }
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) {
    request.resume();
    onBody(new MessageTooLargeError(BODY_BYTES_MAX));
    return;
  }
  // What came with the head is there a tick later, and mostly that is all: no stream has to be set flowing for it.
  process.nextTick(readWhole, request, onBody);
}

function readWhole(request: IncomingMessage, onBody: OnBody): void {
  if (isThere(request)) {
    onBody((request.read() as Buffer | null) ?? NOTHING);
    return;
  }
  const body = new Body(onBody);
  request.on('data', (chunk: Buffer) => {
    body.take(chunk);
  });
  request.on('end', () => {
    body.end();
  });
  request.on('close', () => {
    body.finish(undefined);
  });
}

/** The parser may tell the end only after what it told was worked on; as much as was announced is all there will be. */
const isThere = (request: IncomingMessage): boolean =>
  !request.destroyed &&
  (request.complete || String(request.readableLength) === request.headers['content-length']);
