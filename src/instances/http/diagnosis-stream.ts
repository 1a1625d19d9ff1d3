import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { type Check, type Diagnosis } from '../diagnosis/diagnosis';

export const wantsStream = (accept: string | undefined): boolean =>
  accept?.split(',').some((type) => type.trim().startsWith('text/event-stream')) ?? false;

/**
 * Nobody reads on: the generator is ended with the stream, and asks nothing more. `hold` is told how to end it, and answers
 * how to say that it is over.
 */
export function diagnosisStream(
  checks: AsyncGenerator<Check, Diagnosis>,
  hold: (end: () => void) => () => void,
): StreamableFile {
  const stream = Readable.from(eventsOf(checks));
  stream.once(
    'close',
    hold(() => {
      stream.destroy();
    }),
  );
  return new StreamableFile(stream, { type: 'text/event-stream' });
}

async function* eventsOf(checks: AsyncGenerator<Check, Diagnosis>): AsyncGenerator<string> {
  try {
    for (;;) {
      const { done, value } = await checks.next();
      yield done === true ? eventOf('diagnosis', value) : eventOf('check', value);
      if (done === true) return;
    }
  } finally {
    // A reader that left does not make the rest of the checks worth their while.
    await checks.return(undefined as never);
  }
}

const eventOf = (name: string, value: Check | Diagnosis): string =>
  `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
