import { type IncomingMessage } from 'node:http';
import { MessageTooLargeError } from './faces.errors';

/** The longest message of a client (`MCP 4 MiB`). */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** `undefined`: its sender went away half-way, and nobody is there to be told anything. */
export type OnBody = (body: Buffer | MessageTooLargeError | undefined) => void;

/**
 * The body of a request, of which at most the limit is ever in memory. What is too much is let through unseen: hanging up
 * on a client that still sends would cost it the answer.
 */
export function readBody(request: IncomingMessage, onBody: OnBody): void {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) {
    request.resume();
    onBody(new MessageTooLargeError(BODY_BYTES_MAX));
    return;
  }
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  let size = 0;
  let isDone = false;
  const finish = (body: Buffer | MessageTooLargeError | undefined): void => {
    if (isDone) return;
    isDone = true;
    more = undefined;
    onBody(body);
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (isDone) return;
    if (size > BODY_BYTES_MAX) finish(new MessageTooLargeError(BODY_BYTES_MAX));
    else if (first === undefined) first = chunk;
    else (more ??= [first]).push(chunk);
  });
  request.on('end', () => {
    finish(more === undefined ? (first ?? NOTHING) : Buffer.concat(more, size));
  });
  request.on('close', () => {
    finish(undefined);
  });
}
