import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';

const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** The live file and four older ones. */
const KEPT_FILES = 5;

/** A log file that never grows past 5 x 10 MB. Appends are synchronous: the last line before a crash is the one wanted. */
export class RotatingFile {
  private bytes: number;
  private isFailing = false;

  constructor(
    private readonly path: string,
    private readonly complain: (why: string) => void,
  ) {
    this.bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** Never throws: a disk that is full must not end what is being logged. Lines of that time are lost, and that is said once. */
  write(text: string): void {
    try {
      this.append(text);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.complain(error instanceof Error ? error.message : String(error));
      this.isFailing = true;
    }
  }

  private append(text: string): void {
    if (this.bytes >= MAX_FILE_BYTES) this.rotate();
    appendFileSync(this.path, text, { mode: 0o600 });
    this.bytes += Buffer.byteLength(text);
  }

  private rotate(): void {
    for (let age = KEPT_FILES - 1; age >= 1; age -= 1) {
      const from = age === 1 ? this.path : `${this.path}.${String(age - 1)}`;
      if (existsSync(from)) renameSync(from, `${this.path}.${String(age)}`);
    }
    this.bytes = 0;
  }
}
