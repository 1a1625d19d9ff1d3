import { type Readable } from 'node:stream';

/** Of the latest: enough for what a test looks for in them, and for the message of one that fails. */
const KEPT = 20_000;
/** Of those that are wrong; one of them is enough to say so. */
const ODD_KEPT = 20;

/** What the processes of an installation write, line by line; each of them has to be an object. */
export class LogLines {
  /** With the name of the process before each. */
  readonly kept: string[] = [];
  private readonly odd: string[] = [];

  follow(name: string, stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.take(name, line);
    });
    // Whoever is killed in the middle of a line leaves half of one.
    stream.once('end', () => {
      if (rest !== '') this.keep(`[${name}] ${rest}`);
    });
  }

  /** Fails when a whole line of any process was no JSON object. */
  judge(): void {
    if (this.odd.length > 0)
      throw new Error(`Lines were logged that are no JSON objects:\n${this.odd.join('\n')}`);
  }

  private take(name: string, line: string): void {
    if (line === '') return;
    this.keep(`[${name}] ${line}`);
    if (!isObject(line) && this.odd.length < ODD_KEPT) this.odd.push(`[${name}] ${line}`);
  }

  private keep(line: string): void {
    this.kept.push(line);
    if (this.kept.length > KEPT) this.kept.splice(0, this.kept.length - KEPT);
  }
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
