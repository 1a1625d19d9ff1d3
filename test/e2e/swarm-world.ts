import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = join(__dirname, '..', '..', 'scripts', 'test-services', 'swarm.mjs');
const PIPE = join(__dirname, 'network-pipe.mjs');

interface Answer {
  readonly socketPath: string;
  readonly nsenterArgs: readonly string[];
  readonly reason?: string;
}

/** A swarm of one node: a private engine in a network of its own, which ends with this process. */
export class SwarmWorld {
  private readonly pipes: ChildProcess[] = [];
  private readonly folders: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly answer: Answer,
  ) {}

  static async start(): Promise<SwarmWorld> {
    const child = spawn(process.execPath, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'exit').then(() => ['{"reason":"it ended at its start"}']),
    ])) as [string];
    // A run that forgets it still ends, and with it the swarm.
    child.unref();
    const answer = JSON.parse(line) as Answer;
    if (answer.reason !== undefined) throw new Error(`There is no swarm: ${answer.reason}`);
    return new SwarmWorld(child, answer);
  }

  get socketPath(): string {
    return this.answer.socketPath;
  }

  get host(): string {
    return `unix://${this.answer.socketPath}`;
  }

  /** A command for a process that is on the machine of the swarm's node, as the gateway and the provisioner are. */
  inside(command: readonly string[]): readonly string[] {
    return ['nsenter', ...this.answer.nsenterArgs, '--', ...command];
  }

  /** Makes ports of loopback here and there the same: those of the product, and that of the database that it uses. */
  async join({
    product,
    database,
  }: {
    readonly product: readonly number[];
    readonly database: number;
  }): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'quayside-swarm-'));
    this.folders.push(folder);
    const pathOf = (port: number): string => join(folder, String(port));
    const out = product.map((port) => [String(port), pathOf(port)]);
    const back = [pathOf(database), String(database)];
    await this.pipe([process.execPath, PIPE, ...out.flat(), ...back]);
    const reversed = [...out, back].map(([listen = '', target = '']) => [target, listen]);
    await this.pipe(this.inside([process.execPath, PIPE, ...reversed.flat()]));
  }

  /** What a program says there. */
  run(command: readonly string[]): string {
    const [program = '', ...args] = this.inside(command);
    return execFileSync(program, args, { encoding: 'utf8', timeout: 30_000 });
  }

  async stop(): Promise<void> {
    for (const pipe of this.pipes) pipe.kill('SIGKILL');
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }

  private async pipe([program = '', ...args]: readonly string[]): Promise<void> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.pipes.push(child);
    await once(createInterface({ input: child.stdout }), 'line');
  }
}
