import { type Writable } from 'node:stream';

/** A pipe takes as much at once; more need not wait for company. */
const BATCH_LENGTH = 64 * 1024;

/**
 * Writes lines to a process, and those of one turn of the event loop together: each write wakes the process, which costs
 * both sides more than the few bytes of a call.
 */
export class LineWriter {
  private waiting = '';
  private isScheduled = false;

  constructor(private readonly stream: Writable) {}

  /** What the process has not read yet, in bytes or characters, whichever are known. */
  get unreadLength(): number {
    return this.stream.writableLength + this.waiting.length;
  }

  write(line: string): void {
    this.waiting += `${line}\n`;
    if (this.waiting.length >= BATCH_LENGTH) this.flush();
    else if (!this.isScheduled) {
      this.isScheduled = true;
      setImmediate(this.flushScheduled);
    }
  }

  private readonly flushScheduled = (): void => {
    this.isScheduled = false;
    this.flush();
  };

  private flush(): void {
    const lines = this.waiting;
    this.waiting = '';
    if (lines !== '' && this.stream.writable) this.stream.write(lines);
  }
}
