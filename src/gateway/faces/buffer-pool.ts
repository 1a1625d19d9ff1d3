const SMALLEST_BYTES = 16 * 1024;
/** Of each size; what else was lent goes when nobody holds it any more. */
const FREE_MAX = 16;

/**
 * Buffers that are used again. Of long messages, most of what passing them on costs is memory that is asked for and
 * cleaned up after each of them.
 */
export class BufferPool {
  private readonly free = new Map<number, ArrayBuffer[]>();
  private readonly lent = new WeakSet<Buffer>();

  /** Longer ones are nobody's but the caller's. */
  constructor(private readonly largestBytes: number) {}

  /** What is in it is old: whoever takes it fills all of it. */
  take(bytes: number): Buffer {
    if (bytes < SMALLEST_BYTES || bytes > this.largestBytes) return Buffer.allocUnsafe(bytes);
    const size = sizeFor(bytes);
    const memory = this.free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size).buffer;
    const buffer = Buffer.from(memory, 0, bytes);
    this.lent.add(buffer);
    return buffer;
  }

  /** Of a buffer that nobody reads any more. One that is not from here, or was given back before, is left alone. */
  giveBack(buffer: Buffer): void {
    if (!this.lent.delete(buffer)) return;
    const memory = buffer.buffer as ArrayBuffer;
    const free = this.free.get(memory.byteLength);
    if (free === undefined) this.free.set(memory.byteLength, [memory]);
    else if (free.length < FREE_MAX) free.push(memory);
  }
}

/** Few sizes, so that what one message leaves serves the next. */
function sizeFor(bytes: number): number {
  let size = SMALLEST_BYTES;
  while (size < bytes) size *= 2;
  return size;
}
