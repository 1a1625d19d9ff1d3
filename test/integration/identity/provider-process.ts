import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@app/testing';

const PROGRAM = join(__dirname, 'oidc-provider.mjs');
const START_LIMIT_MS = 120_000;

export interface ProviderSettings {
  readonly clients: readonly object[];
  readonly accounts: Readonly<Record<string, object>>;
  readonly resourceScopes?: readonly string[];
}

/** A real OpenID provider, in a process of its own: its package is an ES module. */
export class ProviderProcess {
  private constructor(
    readonly issuer: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(settings: ProviderSettings): Promise<ProviderProcess> {
    const port = await freePort();
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ port, ...settings })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const provider = new ProviderProcess(`http://localhost:${String(port)}`, child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`The provider ended: ${said}`)));
    ended.catch(() => undefined);
    await Promise.race([once(child.stdout, 'data', { signal: AbortSignal.timeout(START_LIMIT_MS) }), ended]);
    return provider;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
