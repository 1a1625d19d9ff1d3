import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';

/** Waits between restarts of a server that ended by itself. */
const RESTART_DELAYS_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;
/** A server that ran this long was healthy: its next fall starts with the shortest wait again. */
const STEADY_AFTER_MS = 60_000;
/** A server that was never ready is not going to be: its first falls end the start, with the reason on the screen. */
const FALLS_BEFORE_READY = 3;
/**
 * How garbage is collected (docs/benchmarks.md, ADR 26). As in docker/Dockerfile.
 * - Room for what a burst of calls leaves behind, MiB. Taken only when it is needed.
 * - What a call is made of is never put among what lives long, as was done after a start in which much lived long: there it
 *   kept what it pointed to, and each collection took 4 ms instead of 1.
 * - Small collections by the thread that waits for them: a helper has to find a processor first.
 */
const NODE_FLAGS = [
  '--max-semi-space-size=64',
  '--no-allocation-site-pretenuring',
  '--no-parallel-scavenge',
] as const;
/** Exit code of a start that no restart can mend: wrong settings, a newer database (sysexits: EX_CONFIG). */
export const EXIT_CONFIG = 78;

export interface ServerProcessOptions {
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  readonly onStart: (pid: number) => void;
  /** Called once, when it ended and is not started again. */
  readonly onGivenUp: (code: number | null) => void;
}

/** The server in a process of its own, started again with backoff until told to stop. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private restarts = 0;
  private wasReady = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ServerProcessOptions) {}

  start(): void {
    const startedAt = Date.now();
    // A process group of its own: Ctrl-C reaches the launcher alone, which ends things in order. The IPC channel closes
    // when the launcher dies in any way, and the server then ends by itself.
    const child = spawn(process.execPath, [...NODE_FLAGS, this.options.script], {
      env: this.options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    if (child.pid !== undefined) this.options.onStart(child.pid);
    this.readLines(child.stdout);
    this.readLines(child.stderr);
    child.once('error', (error) => {
      this.options.onLine(`The server process could not be started: ${error.message}`);
    });
    child.once('exit', (code) => {
      this.onExit(code, Date.now() - startedAt);
    });
  }

  /** From now on a fall is an accident. */
  confirmReady(): void {
    this.wasReady = true;
  }

  /** SIGTERM, then SIGKILL after the limit. */
  async stop(limitMs: number): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const child = this.child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
    await ended;
    clearTimeout(limit);
  }

  killNow(): void {
    this.stopping = true;
    this.child?.kill('SIGKILL');
  }

  private onExit(code: number | null, ranMs: number): void {
    if (this.stopping) return;
    const isHopeless = !this.wasReady && this.restarts >= FALLS_BEFORE_READY - 1;
    if (code === EXIT_CONFIG || isHopeless) {
      this.options.onGivenUp(code);
      return;
    }
    if (ranMs >= STEADY_AFTER_MS) this.restarts = 0;
    const delayMs = RESTART_DELAYS_MS[Math.min(this.restarts, RESTART_DELAYS_MS.length - 1)] ?? 30_000;
    this.restarts += 1;
    this.options.onLine(
      `The server ended (${code === null ? 'by a signal' : `exit code ${String(code)}`}); starting it again in ${String(delayMs / 1000)} s.`,
    );
    this.timer = setTimeout(() => {
      this.start();
    }, delayMs);
  }

  private readLines(stream: Readable | null): void {
    if (stream === null) return;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', this.options.onLine);
  }
}
