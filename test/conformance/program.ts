import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type FixtureEra = 'older' | 'newer' | 'both' | 'sse';

const PROGRAM = join(__dirname, 'fixture', 'program.mjs');
const START_LIMIT_MS = 60_000;

/** The fixture server as a process of its own, over HTTP on a free port. */
export class FixtureServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(era: FixtureEra): Promise<FixtureServer> {
    const child = spawn(process.execPath, [PROGRAM, '--era', era], { stdio: ['ignore', 'pipe', 'inherit'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([
      once(lines, 'line'),
      once(lines, 'close').then(() => [undefined]),
    ])) as [string | undefined];
    clearTimeout(limit);
    if (line === undefined) throw new Error('The fixture server ended before it listened.');
    return new FixtureServer(child, line);
  }

  /** How often each tool, prompt and resource was asked for since the last look. */
  async takeCalls(): Promise<Readonly<Record<string, number>>> {
    const address = new URL('/calls', this.url);
    const counted = (await (await fetch(address)).json()) as Record<string, number>;
    await fetch(address, { method: 'DELETE' });
    return counted;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
