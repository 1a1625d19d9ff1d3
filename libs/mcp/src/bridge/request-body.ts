import { type IncomingMessage } from 'node:http';
import { MAX_REQUEST_BYTES } from '../wire/protocol';

/** undefined: it is too long, or never came to its end. */
export type OnText = (text: string | undefined) => void;

/**
 * The body of a request, as text. One that came with its head, as those of the gateway do, is there a tick later: no stream
 * has to be set flowing for it, which would cost as much as the rest of a small request.
 */
export function readText(request: IncomingMessage, onText: OnText): void {
  process.nextTick(readWhole, request, onText);
}

function readWhole(request: IncomingMessage, onText: OnText): void {
  const { readableLength } = request;
  const isThere = String(readableLength) === request.headers['content-length'];
  if (isThere && readableLength <= MAX_REQUEST_BYTES && !request.destroyed)
    onText((request.read() as Buffer | null)?.toString('utf8') ?? '');
  else gather(request, onText);
}

function gather(request: IncomingMessage, onText: OnText): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  const finish = (text: string | undefined): void => {
    if (isDone) return;
    isDone = true;
    onText(text);
  };
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
    else finish(undefined);
  });
  request.on('end', () => {
    finish((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '');
  });
  // The client went away half-way: the refusal that follows reaches nobody.
  request.on('error', () => {
    finish(undefined);
  });
}
