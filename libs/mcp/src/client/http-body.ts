import { MAX_MESSAGE_BYTES } from '../wire/protocol';
import { type SseEvent, SseReader, SseTooLongError } from '../wire/sse';
import { type McpFetchAnswer } from './session';

/** What may still come after the last message of interest, before the connection is thrown away rather than kept. */
const REST_MS = 1_000;
const MAX_REST_BYTES = 64 * 1024;

/** A body that can be ended while somebody waits for its next piece, which an iterator cannot. */
interface Source {
  next(): Promise<Uint8Array | undefined>;
  cancel(): void;
}

/** A body that is here to its end; undefined while more may come. It can still be read. */
export function wholeBody(answer: McpFetchAnswer): Buffer | undefined {
  const rest = answer.rest?.();
  return rest === undefined ? undefined : joined(rest);
}

export async function readText(answer: McpFetchAnswer, maxBytes: number): Promise<string> {
  if (answer.body === null) return '';
  // A short answer comes at once: waiting for its pieces one by one would cost more than reading it.
  const rest = answer.rest?.();
  if (rest !== undefined) return textOf(rest, maxBytes);
  const source = sourceOf(answer, answer.body);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    size += chunk.length;
    if (size > maxBytes) source.cancel();
    refuseLonger(size, maxBytes);
    chunks.push(chunk);
  }
  return textOf(chunks, maxBytes);
}

function textOf(chunks: readonly Uint8Array[], maxBytes: number): string {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  refuseLonger(size, maxBytes);
  return joined(chunks).toString('utf8');
}

function joined(chunks: readonly Uint8Array[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? asBuffer(only) : Buffer.concat(chunks);
}

function refuseLonger(size: number, maxBytes: number): void {
  if (size > maxBytes) throw new SseTooLongError(`its answer is longer than ${maxBytes} bytes`);
}

/** Gives each event to `take` until it has enough; true when it had, false when the stream ended first. */
export async function readEvents(
  answer: McpFetchAnswer,
  take: (event: SseEvent) => boolean,
): Promise<boolean> {
  if (answer.body === null) return false;
  const reader = new SseReader(MAX_MESSAGE_BYTES);
  const source = sourceOf(answer, answer.body);
  try {
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      if (!reader.push(chunk).some(take)) continue;
      letEnd(source);
      return true;
    }
    return false;
  } catch (error) {
    source.cancel();
    throw error;
  }
}

/** Reads what is left, so that the connection can be used again. */
export async function drain(answer: McpFetchAnswer): Promise<void> {
  await readText(answer, MAX_REST_BYTES).catch(() => '');
}

/** Lets go of a stream that may never end by itself. */
export function abandon(answer: McpFetchAnswer): void {
  if (answer.body !== null) sourceOf(answer, answer.body).cancel();
}

/** A server ends its stream right after the result: waiting for that, aside, saves the next call a new connection. */
function letEnd(source: Source): void {
  const timer = setTimeout(() => {
    source.cancel();
  }, REST_MS).unref();
  const rest = async (): Promise<void> => {
    let size = 0;
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      size += chunk.length;
      if (size > MAX_REST_BYTES) source.cancel();
    }
  };
  rest()
    .catch(() => undefined) // Whatever is wrong with it, the result is here already.
    .finally(() => {
      clearTimeout(timer);
    });
}

function sourceOf(answer: McpFetchAnswer, body: AsyncIterable<Uint8Array>): Source {
  if (body instanceof ReadableStream) return readerOf(body as ReadableStream<Uint8Array>);
  const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  return {
    next: async () => (await iterator.next()).value,
    cancel: () => {
      answer.cancel?.();
      iterator.return?.().catch(ignore);
    },
  };
}

function readerOf(body: ReadableStream<Uint8Array>): Source {
  const reader = body.getReader();
  return {
    next: async () => (await reader.read()).value,
    cancel: () => {
      reader.cancel().catch(ignore);
    },
  };
}

/** A body that broke has nothing more to say. */
const ignore = (): void => undefined;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
