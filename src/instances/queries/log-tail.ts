import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Scrubber } from '@app/telemetry';
import { LogFollowersExceededError } from '../domain/instance.errors';
import { type InstanceScope } from '../domain/instance-scope';
import { newLines } from '../domain/new-lines';
import { EngineQuestions } from './engine-questions';
import { InstanceQueries } from './instance-queries';
import { type InstanceView } from './instance-view';
import { type LogStream, RecordedLines } from './recorded-lines';

const FOLLOW_EVERY_MS = 1_000;
const FOLLOWERS_MAX = 32;
/** A forgotten browser tab must not ask for ever. */
const FOLLOW_MAX_MS = 30 * 60_000;
/** As many lines as a burst between two looks may have without a gap. */
const FOLLOW_WINDOW_LINES = 1_000;
/** A server that floods its log is followed for so many characters; whoever wants more asks again. */
const FOLLOW_MAX_CHARACTERS = 64 * 1024 * 1024;

export interface LogWish {
  /** Lines from the end. */
  readonly tail: number;
  readonly stream: LogStream;
}

export interface LogText {
  readonly lines: readonly string[];
  /** false: the container is gone, and these are its last words. */
  readonly live: boolean;
}

export interface FollowedLog {
  readonly batches: AsyncGenerator<readonly string[]>;
  /** Aborted when it must end, whether or not its reader reads on. */
  readonly ended: AbortSignal;
  /** Whose output it is. */
  readonly instance: { readonly id: string; readonly name: string };
  readonly end: () => void;
}

interface Following {
  readonly first: LogText;
  readonly scope: InstanceScope;
  readonly signal: AbortSignal;
  readonly leave: () => void;
}

/** The output of an instance: from the engine while there is a container, from the last error when there is none. */
@Injectable()
export class LogTail implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LogTail.name);
  private readonly followers = new Set<AbortController>();
  private isStopping = false;

  constructor(
    private readonly instances: InstanceQueries,
    private readonly engine: EngineQuestions,
    private readonly records: RecordedLines,
    private readonly scrubber: Scrubber,
  ) {}

  /** Before the HTTP server closes: it would wait for them. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const follower of this.followers) follower.abort();
  }

  async tail(scope: InstanceScope, idOrName: string, wish: LogWish): Promise<LogText> {
    return this.read(await this.instances.get(scope, idOrName), wish);
  }

  /** Batches of new lines until the caller stops asking. The place is taken before the first batch is asked for. */
  async follow(scope: InstanceScope, idOrName: string, wish: LogWish): Promise<FollowedLog> {
    const view = await this.instances.get(scope, idOrName);
    if (this.followers.size >= FOLLOWERS_MAX) throw new LogFollowersExceededError(FOLLOWERS_MAX);
    const follower = new AbortController();
    this.followers.add(follower);
    const timer = setTimeout(() => {
      follower.abort();
    }, FOLLOW_MAX_MS).unref();
    const leave = (): void => {
      clearTimeout(timer);
      this.followers.delete(follower);
    };
    const end = (): void => {
      follower.abort();
    };
    // The place of a reader who stopped reading, or never began, is free then, too.
    follower.signal.addEventListener('abort', leave);
    if (this.isStopping) follower.abort();
    const first = await this.read(view, wish).catch((error: unknown) => {
      end();
      throw error;
    });
    return {
      batches: this.batches(view, wish, { first, scope, signal: follower.signal, leave: end }),
      ended: follower.signal,
      instance: { id: view.id, name: view.name },
      end,
    };
  }

  private async *batches(
    view: InstanceView,
    wish: LogWish,
    { first, scope, signal, leave }: Following,
  ): AsyncGenerator<readonly string[]> {
    try {
      let { lines: seen } = first;
      let given = lengthOf(seen);
      yield seen;
      while (given < FOLLOW_MAX_CHARACTERS) {
        await delay(FOLLOW_EVERY_MS, undefined, { signal }).catch(() => undefined);
        const current = signal.aborted ? undefined : await this.instances.find(scope, view.id);
        if (current === undefined) return;
        const { lines } = await this.read(current, { ...wish, tail: FOLLOW_WINDOW_LINES });
        const fresh = newLines(seen, lines);
        given += lengthOf(fresh);
        // An empty batch keeps the connection, and tells whether there still is one.
        yield fresh;
        seen = lines;
      }
    } finally {
      leave();
    }
  }

  private async read(view: InstanceView, { tail, stream }: LogWish): Promise<LogText> {
    const { lines, live } =
      stream === 'output'
        ? await this.output(view, tail)
        : { lines: await this.records.read(view.id, stream, tail), live: true };
    return { lines: lines.map((line) => this.scrubber.scrub(line)), live };
  }

  private async output(view: InstanceView, count: number): Promise<LogText> {
    const stored = { lines: view.lastError?.output.slice(-count) ?? [], live: false };
    if (view.spec.type === 'url') return stored;
    try {
      const reply = await this.engine.logs(view.id, count);
      return reply.live || reply.lines.length > 0 ? reply : stored;
    } catch (error) {
      // What is stored is better than nothing; nothing would say that there is no output, which nobody knows.
      if (stored.lines.length === 0) throw error;
      this.logger.warn(`only the stored output of ${view.id} is shown: ${String(error)}`);
      return stored;
    }
  }
}

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0);
