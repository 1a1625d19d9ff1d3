import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { type Attachment } from '../container-engine';
import { LineRing, LineSplitter } from '../line-ring';
import { signalGroup } from './process-mark';

export interface ChildCommand {
  readonly command: readonly string[];
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ChildEnding {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it could not even be started. */
  readonly error: string | null;
}

const OUTPUT_LINES_KEPT = 1_000;
/** A grandchild may hold the pipes open; nobody waits for it. */
const PIPES_END_WITHIN_MS = 1_000;

/** The streams of one bundled program, before, during and after its life. */
export class Child {
  readonly output = new LineRing(OUTPUT_LINES_KEPT);
  readonly #stdin = new PassThrough();
  #process: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  #attached: { readonly stdout: PassThrough; readonly stderr: PassThrough } | undefined;
  #ended: Promise<ChildEnding> | undefined;
  #hasEnded = false;

  constructor(private readonly stdio: boolean) {
    // A program that ended takes nothing more; the writer sees the end of its output instead.
    this.#stdin.on('error', () => undefined);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Resolves when it is over. */
  get ended(): Promise<ChildEnding> | undefined {
    return this.#ended;
  }

  start({ command: [program = '', ...args], home, environment }: ChildCommand): Promise<ChildEnding> {
    // A group of its own, so that a signal to it reaches its children and not us.
    const child = spawn(program, args, {
      cwd: home,
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    this.#process = child;
    child.stdin.on('error', () => undefined);
    this.#stdin.pipe(child.stdin);
    this.#record(child.stderr);
    // What a stdio server writes there is the protocol: it is for who attaches, and for no log.
    if (!this.stdio) this.#record(child.stdout);
    this.#connect();
    this.#ended = new Promise<ChildEnding>((resolve) => {
      this.#watch(child, resolve);
    });
    return this.#ended;
  }

  /** One at a time: a new one takes over, as after a change of hands. */
  attach(): Attachment {
    this.#letGo();
    const attached = { stdout: new PassThrough(), stderr: new PassThrough() };
    this.#attached = attached;
    this.#connect();
    const close = (): void => {
      if (this.#attached === attached) this.#letGo();
    };
    return { stdin: this.#stdin, ...attached, close };
  }

  signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined && !this.#hasEnded) signalGroup(this.pid, signal);
  }

  #watch(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    resolve: (ending: ChildEnding) => void,
  ): void {
    const end = (ending: ChildEnding): void => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      // Cut from the pipes first: whoever still holds the other ends could write into streams that have ended.
      this.#letGo();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      this.#stdin.destroy();
      resolve(ending);
    };
    child.once('error', (error) => {
      end({ exitCode: null, signal: null, error: error.message });
    });
    child.once('close', (exitCode, signal) => {
      end({ exitCode, signal, error: null });
    });
    child.once('exit', (exitCode, signal) => {
      // What it started must not outlive it.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      setTimeout(() => {
        // After one more look at the pipes: the time may have passed because this process was busy.
        setImmediate(end, { exitCode, signal, error: null });
      }, PIPES_END_WITHIN_MS).unref();
    });
  }

  #record(stream: Readable): void {
    const lines = new LineSplitter((line) => {
      this.output.push(line);
    });
    stream.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    stream.on('end', () => {
      lines.end();
    });
  }

  #connect(): void {
    if (this.#attached === undefined) return;
    if (this.#hasEnded) {
      this.#attached.stdout.end();
      this.#attached.stderr.end();
      return;
    }
    // The end is said by the one who watches the process, because a pipe may outlive it.
    this.#process?.stdout.pipe(this.#attached.stdout, { end: false });
    this.#process?.stderr.pipe(this.#attached.stderr, { end: false });
  }

  #letGo(): void {
    const attached = this.#attached;
    this.#attached = undefined;
    if (attached === undefined) return;
    this.#process?.stdout.unpipe(attached.stdout);
    this.#process?.stderr.unpipe(attached.stderr);
    attached.stdout.end();
    attached.stderr.end();
  }
}
