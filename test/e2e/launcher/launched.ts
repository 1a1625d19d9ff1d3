import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort } from '@app/testing';
import { DIST } from '../installation';

const CLI = join(DIST, 'src', 'cli', 'main.js');
const READY_LIMIT_MS = 180_000;

const environment = (home: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: home,
  DATA_DIR: join(home, 'data'),
  CONTAINER_ENGINE: 'process',
  ...extra,
});

/** A `quayside up` as a user would run it, in a folder of its own. */
export class Launched {
  output = '';
  private readonly ended: Promise<number | null>;

  private constructor(
    readonly child: ChildProcess,
    readonly home: string,
    readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.ended = new Promise((resolve) =>
      child.once('close', (code) => {
        resolve(code);
      }),
    );
  }

  static async start(
    home: string,
    extra: Readonly<Record<string, string>> = {},
    ...options: readonly string[]
  ): Promise<Launched> {
    const port = extra['SERVER_PORT'] ?? String(await freePort());
    return Launched.spawn(home, ['up', ...options], { SERVER_PORT: port, ...extra });
  }

  static spawn(home: string, args: readonly string[], extra: Readonly<Record<string, string>>): Launched {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: home,
      env: environment(home, extra),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Launched(child, home, `http://127.0.0.1:${extra['SERVER_PORT'] ?? ''}`);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until the output holds the text; an end without it is not waited out. */
  async prints(text: string): Promise<void> {
    await eventually(
      () => {
        if (!this.output.includes(text) && this.child.exitCode === null)
          throw new Error(`"${text}" was not printed yet`);
      },
      { deadlineMs: READY_LIMIT_MS, everyMs: 100 },
    ).catch(() => undefined);
    expect(this.output).toContain(text);
  }

  exit(): Promise<number | null> {
    return this.ended;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Runs another command of the command line to its end. Not blocking: the launcher it stops is a child of this process. */
export async function quayside(
  home: string,
  ...args: string[]
): Promise<{ status: number | null; output: string }> {
  const launched = Launched.spawn(home, args, {});
  return { status: await launched.exit(), output: launched.output };
}

interface Ran {
  readonly status: number;
  readonly printed: string;
  readonly talk: string;
}

/** Lines for a shell of somebody whose path has the command; answers with what was printed as data, and what was said beside it. */
export function script(home: string, lines: string): Promise<Ran> {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'quayside'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, {
    mode: 0o755,
  });
  const env = environment(home);
  const options = { cwd: home, env: { ...env, PATH: `${bin}:${env['PATH'] ?? ''}` } };
  return new Promise((resolve) => {
    const child = execFile('sh', ['-c', lines], options, (_error, printed, talk) => {
      resolve({ status: child.exitCode ?? -1, printed, talk });
    });
  });
}

/** Living processes whose command line or environment names the folder: what an installation left behind. */
export function processesOf(home: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const isZombie = / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/, ''));
        const environ = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return !isZombie && (command.includes(home) || environ.includes(home)) ? [`${pid} ${command}`] : [];
      } catch {
        // It ended while we looked, which is what we wait for.
        return [];
      }
    });
}

export async function nothingIsLeft(home: string): Promise<void> {
  await eventually(
    () => {
      expect(processesOf(home)).toEqual([]);
    },
    { deadlineMs: 60_000, everyMs: 200 },
  );
}
