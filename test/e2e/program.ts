import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { eventually, freePort } from '@app/testing';
import { DIST } from './installation';

const LIMIT_MS = 240_000;

export interface Outcome {
  readonly code: number | null;
  /** Of its log, which is all that it writes. */
  readonly lines: readonly string[];
}

/** One program of the product, with settings that are right but for what a test says. */
export class Program {
  private text = '';
  private readonly ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (part: string) => (this.text += part));
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    this.ended = new Promise((resolve) =>
      child.once('close', (code) => {
        clearTimeout(limit);
        resolve(code);
      }),
    );
  }

  static async start(entry: string, settings: Readonly<Record<string, string>>): Promise<Program> {
    const env = {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      SERVER_PORT: String(await freePort()),
      MASTER_KEY: randomBytes(32).toString('base64'),
      API_KEY: randomBytes(32).toString('hex'),
      CONTAINER_ENGINE: 'process',
      ...settings,
    };
    return new Program(
      spawn(process.execPath, [join(DIST, 'src', entry)], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** To its end. */
  static async run(entry: string, settings: Readonly<Record<string, string>>): Promise<Outcome> {
    const program = await Program.start(entry, settings);
    const code = await program.ended;
    return { code, lines: program.lines };
  }

  get lines(): readonly string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }

  says(words: string): Promise<void> {
    return eventually(
      () => {
        if (!this.text.includes(words)) throw new Error(`"${words}" was not said:\n${this.text}`);
      },
      { deadlineMs: LIMIT_MS },
    );
  }

  async end(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}
