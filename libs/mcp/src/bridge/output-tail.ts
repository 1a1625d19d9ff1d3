import { LineReader } from './line-reader';

const MAX_LINES = 200;
const MAX_LINE_BYTES = 8 * 1024;

/** The last lines of a stream that is otherwise not stored. */
export class OutputTail {
  private lines: string[] = [];
  private readonly reader: LineReader;

  constructor(onLine: ((line: string) => void) | undefined) {
    const keep = (line: string): void => {
      this.lines.push(line);
      // Cut in halves rather than one by one: a chatty server costs no copy per line.
      if (this.lines.length >= MAX_LINES * 2) this.lines = this.lines.slice(-MAX_LINES);
      onLine?.(line);
    };
    this.reader = new LineReader(MAX_LINE_BYTES, {
      onLine: keep,
      onOversize: (head, tail) => {
        keep(`${head} … ${tail}`);
      },
    });
  }

  push(chunk: Buffer): void {
    this.reader.push(chunk);
  }

  last(): readonly string[] {
    return this.lines.slice(-MAX_LINES);
  }
}
