import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundFailure } from './errors';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Between two pieces of the body; 0 = none, for streams of events. */
  readonly idleTimeoutMs: number;
}

/** More than this is a bomb; a little slack first, because a small body may honestly be nothing but repetition. */
const MAX_DECOMPRESSION_RATIO = 20;
const RATIO_SLACK_BYTES = 64 * 1_024;

const DECODERS: Readonly<Partial<Record<string, () => Transform>>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The body as a web stream that is pulled, counted, unpacked under a ratio, and closes its source when it ends early. */
export function limitedBody(
  source: Readable,
  encoding: string,
  limits: BodyLimits,
): ReadableStream<Uint8Array> {
  const counter = { received: 0, given: 0 };
  // Destroying an unfinished body emits an error; whoever reads gets it from the iterator below.
  source.on('error', () => undefined);
  const unpacked = unpack(source, encoding, counter);
  const iterator = unpacked[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await within(limits.idleTimeoutMs, iterator.next());
        if (next.done === true) {
          controller.close();
          return;
        }
        const { value } = next;
        counter.given += value.length;
        checkLimits(counter, limits, source !== unpacked);
        controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.length));
      } catch (error) {
        source.destroy();
        controller.error(error);
      }
    },
    cancel() {
      source.destroy();
    },
  });
}

interface Counter {
  received: number;
  given: number;
}

function unpack(source: Readable, encoding: string, counter: Counter): Readable {
  if (encoding === '' || encoding === 'identity') return source;
  const decoder = DECODERS[encoding];
  if (decoder === undefined) {
    source.destroy();
    throw new OutboundFailure('http', 'UNKNOWN_CONTENT_ENCODING');
  }
  const count = new Transform({
    transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback) {
      counter.received += chunk.length;
      done(null, chunk);
    },
  });
  // The callback is needed for errors to travel along; the reader at the end gets them.
  return pipeline(source, count, decoder(), () => undefined);
}

function checkLimits({ received, given }: Counter, { maxBytes }: BodyLimits, isPacked: boolean): void {
  if (given > maxBytes) throw new OutboundFailure('http', 'BODY_TOO_LARGE');
  if (isPacked && given > RATIO_SLACK_BYTES && given > received * MAX_DECOMPRESSION_RATIO) {
    throw new OutboundFailure('http', 'DECOMPRESSION_RATIO');
  }
}

async function within<T>(limitMs: number, result: Promise<T>): Promise<T> {
  if (limitMs === 0) return result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new OutboundFailure('timeout', 'BODY_TIMEOUT'));
    }, limitMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
