import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Scrubber } from '@app/telemetry';
import { LogFollowersExceededError } from '../domain/instance.errors';
import { newLines } from '../domain/new-lines';
import { EngineQuestions } from './engine-questions';
import { InstanceQueries } from './instance-queries';
import { type InstanceView } from './instance-view';

const FOLLOW_EVERY_MS = 1_000;
const FOLLOWERS_MAX = 32;
/** A forgotten browser tab must not ask for ever. */
const FOLLOW_MAX_MS = 30 * 60_000;
/** As many lines as a burst between two looks may have without a gap. */
const FOLLOW_WINDOW_LINES = 1_000;

export interface LogText {
  readonly lines: readonly string[];
  /** false: the container is gone, and these are its last words. */
  readonly live: boolean;
}

/** The output of an instance: from the engine while there is a container, from the last error when there is none. */
@Injectable()
export class LogTail {
  private readonly logger = new Logger(LogTail.name);
  private followers = 0;

  constructor(
    private readonly instances: InstanceQueries,
    private readonly engine: EngineQuestions,
    private readonly scrubber: Scrubber,
  ) {}

  async tail(idOrName: string, count: number): Promise<LogText> {
    return this.read(await this.instances.get(idOrName), count);
  }

  /** Batches of new lines until the caller stops asking. The place is taken before the first batch is asked for. */
  async follow(idOrName: string, count: number): Promise<AsyncGenerator<readonly string[]>> {
    const view = await this.instances.get(idOrName);
    if (this.followers >= FOLLOWERS_MAX) throw new LogFollowersExceededError(FOLLOWERS_MAX);
    return this.batches(view, count);
  }

  private async *batches(view: InstanceView, count: number): AsyncGenerator<readonly string[]> {
    this.followers += 1;
    try {
      const until = performance.now() + FOLLOW_MAX_MS;
      let { lines: seen } = await this.read(view, count);
      yield seen;
      while (performance.now() < until) {
        await delay(FOLLOW_EVERY_MS);
        const current = await this.instances.find(view.id);
        if (current === undefined) return;
        const { lines } = await this.read(current, FOLLOW_WINDOW_LINES);
        // An empty batch keeps the connection, and tells whether there still is one.
        yield newLines(seen, lines);
        seen = lines;
      }
    } finally {
      this.followers -= 1;
    }
  }

  private async read(view: InstanceView, count: number): Promise<LogText> {
    const live = await this.fromEngine(view, count);
    const { lines, live: isLive } = live ?? {
      lines: view.lastError?.output.slice(-count) ?? [],
      live: false,
    };
    return { lines: lines.map((line) => this.scrubber.scrub(line)), live: isLive };
  }

  /** Nobody answering is no error here: what is stored is better than nothing. */
  private async fromEngine(view: InstanceView, count: number): Promise<LogText | undefined> {
    if (view.spec.type === 'url') return undefined;
    try {
      const reply = await this.engine.logs(view.id, count);
      return reply.live || reply.lines.length > 0 ? reply : undefined;
    } catch (error) {
      this.logger.debug(`no live output of ${view.id}: ${String(error)}`);
      return undefined;
    }
  }
}
