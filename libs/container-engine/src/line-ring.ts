import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is cut: one server must not fill the memory of all. */
const MAX_LINE_CHARACTERS = 16_384;

/** Cuts a stream of bytes into lines. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  push(chunk: Buffer): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const part of parts) this.#emit(part);
  }

  /** Gives out what came without a line end. */
  end(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (last !== '') this.#emit(last);
  }

  #emit(line: string): void {
    this.onLine((line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, MAX_LINE_CHARACTERS));
  }
}

/** Keeps the last lines and tells listeners about new ones. */
export class LineRing {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  constructor(private readonly capacity: number) {}

  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > this.capacity) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }

  tail(count: number): string[] {
    return count <= 0 ? [] : this.#lines.slice(-count);
  }

  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
