// The crowd as seen from the measurement.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export class Crowd {
  #waiting = [];

  constructor(port, readers, groups) {
    const script = join(import.meta.dirname, 'crowd.mjs');
    this.process = spawn(process.execPath, [script, port, readers, groups].map(String), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      const { error, ...answer } = JSON.parse(line);
      const { resolve, reject } = this.#waiting.shift();
      if (error === undefined) resolve(answer);
      else reject(new Error(error));
    });
  }

  /** All of them connected, and signed in where there is a key. */
  static async of(port, readers, { groups = 1, key = '' } = {}) {
    const crowd = new Crowd(port, readers, groups);
    await crowd.ask('open', { key });
    return crowd;
  }

  ask(command, given = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.process.stdin.write(`${JSON.stringify({ command, ...given })}\n`);
    });
  }

  close() {
    this.process.stdin.end();
  }
}
