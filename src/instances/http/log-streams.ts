import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { type FollowedLog } from '../queries/log-tail';

/** For the last event to get out; who does not read it is cut off. */
const FAREWELL_MS = 1_000;

export const plainText = (lines: readonly string[]): StreamableFile =>
  new StreamableFile(Buffer.from(lines.map((line) => `${line}\n`).join('')), {
    type: 'text/plain; charset=utf-8',
  });

/** One event per line of output; a batch without lines is a comment, which keeps proxies from closing the connection. */
export function eventStream({ batches, ended }: FollowedLog): StreamableFile {
  const stream = Readable.from(eventsOf(batches));
  ended.addEventListener('abort', () => {
    setTimeout(() => {
      stream.destroy();
    }, FAREWELL_MS).unref();
  });
  return new StreamableFile(stream, { type: 'text/event-stream' });
}

async function* eventsOf(batches: AsyncGenerator<readonly string[]>): AsyncGenerator<string> {
  for await (const lines of batches)
    yield lines.length === 0
      ? ': still here\n\n'
      : lines.map((line) => `event: line\ndata: ${JSON.stringify(line)}\n\n`).join('');
  yield 'event: end\ndata: {}\n\n';
}
