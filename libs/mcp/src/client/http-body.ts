import { MAX_MESSAGE_BYTES } from '../wire/protocol';
import { type SseEvent, SseReader, SseTooLongError } from '../wire/sse';
import { type McpFetchAnswer } from './session';

/** What may still come after the last message of interest, before the connection is thrown away rather than kept. */
const REST_MS = 1_000;
const MAX_REST_BYTES = 64 * 1024;

type Body = AsyncIterator<Uint8Array, unknown>;

export async function readText(answer: McpFetchAnswer, maxBytes: number): Promise<string> {
  if (answer.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > maxBytes) throw new SseTooLongError(`its answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Gives each event to `take` until it has enough; true when it had, false when the stream ended first. */
export async function readEvents(
  answer: McpFetchAnswer,
  take: (event: SseEvent) => boolean,
): Promise<boolean> {
  if (answer.body === null) return false;
  const reader = new SseReader(MAX_MESSAGE_BYTES);
  const body: Body = answer.body[Symbol.asyncIterator]();
  try {
    for (let next = await body.next(); next.done !== true; next = await body.next()) {
      if (!reader.push(next.value).some(take)) continue;
      letEnd(answer, body);
      return true;
    }
    return false;
  } catch (error) {
    giveUp(answer, body);
    throw error;
  }
}

/** Reads what is left, so that the connection can be used again. */
export async function drain(answer: McpFetchAnswer): Promise<void> {
  await readText(answer, MAX_REST_BYTES).catch(() => '');
}

/** Lets go of a stream that may never end by itself. */
export function abandon(answer: McpFetchAnswer): void {
  if (answer.body !== null) giveUp(answer, answer.body[Symbol.asyncIterator]());
}

/** A server ends its stream right after the result: waiting for that, aside, saves the next call a new connection. */
function letEnd(answer: McpFetchAnswer, body: Body): void {
  const timer = setTimeout(() => {
    giveUp(answer, body);
  }, REST_MS).unref();
  const rest = async (): Promise<void> => {
    let size = 0;
    for (let next = await body.next(); next.done !== true; next = await body.next()) {
      size += next.value.length;
      if (size > MAX_REST_BYTES) giveUp(answer, body);
    }
  };
  rest()
    .catch(() => undefined) // Whatever is wrong with it, the result is here already.
    .finally(() => {
      clearTimeout(timer);
    });
}

function giveUp(answer: McpFetchAnswer, body: Body): void {
  answer.cancel?.();
  body.return?.().catch(() => undefined); // A body that broke has nothing more to say.
}
