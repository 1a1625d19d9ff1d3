import { PassThrough, type Readable } from 'node:stream';

const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * Takes the engine's stream of frames apart. A reader who does not keep up holds the source back: the usual helper
 * would collect everything in memory.
 */
export function demultiplex(source: Readable): {
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
} {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  void pump(source, stdout, stderr);
  return { stdout, stderr };
}

async function pump(source: Readable, stdout: PassThrough, stderr: PassThrough): Promise<void> {
  const frames = new FrameReader();
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      for (const { stream, data } of frames.push(chunk)) {
        const target = stream === STDERR ? stderr : stdout;
        if (!target.write(data)) await drained(target);
      }
    }
  } catch {
    // A broken connection looks like an end to the readers; whether the server still runs is for inspect to say.
  }
  stdout.end();
  stderr.end();
}

const drained = (target: PassThrough): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      target.off('drain', done);
      target.off('close', done);
      resolve();
    };
    target.on('drain', done);
    target.on('close', done);
    // Closed while it was being written: neither event would come.
    if (target.destroyed) done();
  });

export interface Frame {
  readonly stream: number;
  readonly data: Buffer;
}

/** Frames are given out as they come, in parts: a large one is never collected. */
export class FrameReader {
  #header = Buffer.alloc(0);
  #stream = 0;
  #missing = 0;

  *push(chunk: Buffer): Generator<Frame> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#missing === 0) rest = this.#readHeader(rest);
      if (this.#missing === 0) continue;
      const data = rest.subarray(0, this.#missing);
      rest = rest.subarray(data.length);
      this.#missing -= data.length;
      if (data.length > 0) yield { stream: this.#stream, data };
    }
  }

  #readHeader(bytes: Buffer): Buffer {
    const wanted = HEADER_BYTES - this.#header.length;
    this.#header = Buffer.concat([this.#header, bytes.subarray(0, wanted)]);
    if (this.#header.length === HEADER_BYTES) {
      this.#stream = this.#header.readUInt8(0);
      this.#missing = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
    return bytes.subarray(wanted);
  }
}

/** All frames of a whole answer, as the bytes of both streams in their order. */
export function joinFrames(bytes: Buffer): Buffer {
  return Buffer.concat([...new FrameReader().push(bytes)].map(({ data }) => data));
}
