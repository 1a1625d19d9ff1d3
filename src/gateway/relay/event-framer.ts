const LF = 0x0a;
const CR = 0x0d;

/** The stream has an event that is longer than any may be. */
export class EventTooLongError extends Error {}

/**
 * Cuts a stream of bytes behind its last whole event: what is whole may pass, what is not waits for the rest. A client is
 * thus never left with half an event when a server breaks off, and something of ours can stand between any two.
 */
export class EventFramer {
  private pieces: Buffer[] = [];
  private size = 0;

  constructor(private readonly maxEventBytes: number) {}

  /** Whole events, in pieces as they came; none while the present one goes on. */
  push(chunk: Buffer): readonly Buffer[] {
    const end = this.endOfLastEvent(chunk);
    if (end === 0) {
      this.keep(chunk);
      return [];
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
    const out = this.pieces.length === 0 ? [whole] : [...this.pieces, whole];
    this.pieces = [];
    this.size = 0;
    if (end < chunk.length) this.keep(chunk.subarray(end));
    return out;
  }

  private keep(rest: Buffer): void {
    this.pieces.push(rest);
    this.size += rest.length;
    if (this.size > this.maxEventBytes)
      throw new EventTooLongError(`an event is longer than ${this.maxEventBytes} bytes`);
  }

  /** An empty line ends an event; it may begin in what came before. */
  private endOfLastEvent(chunk: Buffer): number {
    for (let at = chunk.lastIndexOf(LF); at !== -1; at = at === 0 ? -1 : chunk.lastIndexOf(LF, at - 1)) {
      if (this.isEmptyLineBefore(chunk, at)) return at + 1;
    }
    return 0;
  }

  /** Whether the line that the break at `at` ends is empty. */
  private isEmptyLineBefore(chunk: Buffer, at: number): boolean {
    const before = this.byteAt(chunk, at - 1);
    return before === LF || (before === CR && this.byteAt(chunk, at - 2) === LF);
  }

  private byteAt(chunk: Buffer, at: number): number | undefined {
    if (at >= 0) return chunk[at];
    const last = this.pieces.at(-1);
    if (last === undefined) return undefined;
    // A piece of one byte hides what stands before it; two such pieces in a row are a line break cut in two.
    return last.length >= -at ? last.at(at) : this.pieces.at(-2)?.at(at + last.length);
  }
}
