import { Worker } from 'node:worker_threads';
import { SchemaCheckUnavailableError } from '../errors';
import { schemaWorker, type SchemaReply, type SchemaRequest } from './schema-worker';

/** The thread was busy for longer than it may; what it worked on is to blame. */
export class SchemaTooSlowError extends Error {}

interface Waiting {
  readonly request: SchemaRequest;
  readonly limitMs: number;
  resolve(reply: SchemaReply): void;
  reject(error: Error): void;
}

/** Requests that may wait for the thread. */
const MAX_WAITING = 256;
/** Loading the compiler on a busy machine. */
const START_LIMIT_MS = 30_000;
/** More faults than this tell a caller nothing new. */
const MAX_FAULTS = 50;
/** A schema may make the compiler greedy; the thread dies of it, not the process. */
const MAX_HEAP_MB = 128;

const load = (path: string): string => `require(${JSON.stringify(path)})`;
const modulesSource = (): string =>
  `{ Ajv2020: ${load(require.resolve('ajv/dist/2020'))}.Ajv2020,
     AjvDraft07: ${load(require.resolve('ajv'))}.Ajv,
     addFormats: ${load(require.resolve('ajv-formats'))}.default }`;

/** One thread, one request at a time, so that a time limit always knows whom to blame. */
export class SchemaThread {
  private worker: Worker | undefined;
  private readonly queue: Waiting[] = [];
  private current: Waiting | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** Called when the thread went, and with it everything it had compiled. */
  constructor(private readonly onLost: () => void) {}

  ask(request: SchemaRequest, limitMs: number): Promise<SchemaReply> {
    if (this.isClosed)
      return Promise.reject(new SchemaCheckUnavailableError('The check of arguments has ended.'));
    if (this.queue.length >= MAX_WAITING)
      return Promise.reject(new SchemaCheckUnavailableError('Too many arguments wait for their check.'));
    return new Promise((resolve, reject) => {
      this.queue.push({ request, limitMs, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const gone = new SchemaCheckUnavailableError('The check of arguments has ended.');
    for (const waiting of this.queue.splice(0)) waiting.reject(gone);
    this.finish()?.reject(gone);
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private next(): void {
    if (this.current !== undefined || this.isClosed) return;
    const waiting = this.queue.shift();
    if (waiting === undefined) return;
    this.current = waiting;
    const isNew = this.worker === undefined;
    this.worker ??= this.startWorker();
    // Referenced while it works, so that a short script waits for its answer; see startWorker.
    this.worker.ref();
    this.limit(isNew ? START_LIMIT_MS + waiting.limitMs : waiting.limitMs);
    this.worker.postMessage(waiting.request);
  }

  private startWorker(): Worker {
    const source = `(${schemaWorker.toString()})(require('node:worker_threads').parentPort, ${modulesSource()}, ${MAX_FAULTS})`;
    const worker = new Worker(source, {
      eval: true,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    worker.on('message', (reply: SchemaReply) => {
      if (this.worker !== worker) return;
      this.finish()?.resolve(reply);
      // An idle thread must not keep the process alive.
      worker.unref();
      this.next();
    });
    worker.on('error', (error) => {
      if (this.worker === worker) this.lose(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      if (this.worker === worker) this.lose('the thread ended');
    });
    return worker;
  }

  private limit(ms: number): void {
    this.timer = setTimeout(() => {
      this.lose(`took longer than ${ms} ms`);
    }, ms);
  }

  /** Whatever was being worked on broke or blocked the thread: it fails, the others wait for a new one. */
  private lose(reason: string): void {
    const { worker } = this;
    this.worker = undefined;
    void worker?.terminate();
    this.onLost();
    this.finish()?.reject(new SchemaTooSlowError(reason));
    this.next();
  }

  private finish(): Waiting | undefined {
    clearTimeout(this.timer);
    const { current } = this;
    this.current = undefined;
    return current;
  }
}
