import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, freePort } from '@app/testing';
import { DIST } from '../../installation';
import { OUTBOUND_HOOK } from '../../reader';
import { SHOWN_MS } from './console-under-test';

const MAIN = join(DIST, 'src', 'cli', 'main.js');
const STARTED_MS = 180_000;
const STOP_LIMIT_MS = 40_000;
const LINK = /First user\s+(\S+)/;

/** `npm start` after the build, in an empty folder: its own database, no Docker, no Redis, nothing prepared. */
export class FreshStart {
  readonly home = mkdtempSync(join(tmpdir(), 'quayside-fresh-'));
  private printed = '';
  private port = 0;
  private child: ChildProcess | undefined;

  static async begin(): Promise<FreshStart> {
    const start = new FreshStart();
    // Where root starts it, PostgreSQL runs as somebody else.
    chmodSync(start.home, 0o755);
    start.port = await freePort();
    const child = spawn(process.execPath, [MAIN, 'up'], {
      ...{ env: start.environment, cwd: start.home, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    start.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (start.printed += text));
    return start;
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** What it prints for the first administrator. */
  async link(): Promise<string> {
    const link = await eventually(
      () => {
        const found = LINK.exec(this.printed)?.[1];
        if (found === undefined && this.isRunning) throw new Error(`There is no link yet:\n${this.printed}`);
        return found;
      },
      { deadlineMs: STARTED_MS, everyMs: 25 },
    );
    if (link === undefined) throw new Error(`It did not start:\n${this.printed}`);
    return link;
  }

  /** The command line of somebody in the same folder; answers with what it printed as data. */
  async quayside(...args: readonly string[]): Promise<string> {
    const options = { env: this.environment, cwd: this.home, timeout: SHOWN_MS };
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args], options);
    return stdout.trim();
  }

  /** A script in a shell that has the command on its path; answers with the lines that it printed. */
  async shell(shell: string, script: string, ...args: readonly string[]): Promise<readonly string[]> {
    const bin = join(this.home, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'quayside'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, {
      mode: 0o755,
    });
    const { environment } = this;
    const env = { ...environment, PATH: `${bin}:${environment['PATH'] ?? ''}` };
    const options = { env, cwd: this.home, timeout: SHOWN_MS };
    const { stdout } = await promisify(execFile)(shell, ['-c', script, shell, ...args], options);
    return stdout.trimEnd().split('\n');
  }

  /** What any of its processes asked for beyond this machine. */
  get asked(): string {
    return existsSync(this.outbound) ? readFileSync(this.outbound, 'utf8') : '';
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child !== undefined && this.isRunning) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(limit);
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  private get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  private get outbound(): string {
    return join(this.home, 'outbound.log');
  }

  private get environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.home,
      DATA_DIR: join(this.home, 'data'),
      SERVER_PORT: String(this.port),
      CONTAINER_ENGINE: 'process',
      NODE_OPTIONS: `--require ${OUTBOUND_HOOK}`,
      QUAYSIDE_TEST_OUTBOUND: this.outbound,
    };
  }
}
