import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Bell } from '@app/outbox';
import { requestContext, systemScope } from '@app/telemetry';
import { AnswerBell } from './answer-bell';
import { DispatchMetrics } from './dispatch-metrics';
import { DispatchPass, type PassResult } from './dispatch-pass';
import { DispatchWakes, type Wake } from './dispatch-wakes';
import { LaneTour } from './lane-tour';

/** A lost notice costs this long while tasks wait, */
const POLL_EVERY_MS = 1_000;
/** and this long when the lost one told of the first; every event wakes it then, too. */
const POLL_WHEN_EMPTY_MS = 15_000;
/**
 * After rounds that gave nothing it rests, up to this many times as long as a round took, so that being woken for nothing
 * costs no more. Not after the first: in a steady flow every other round finds all agents still busy with the last one.
 */
const REST_FACTOR_MAX = 3;
const REST_MAX_MS = 1_000;

/**
 * Looks for work to give out whenever there may be some: something was submitted, somebody asks, something is due. Every
 * worker runs one: the one that leads looks when it is told to, the others now and then. Passes of several go one after the
 * other.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly end = new Bell();
  private isStopping = false;
  private isEmpty = false;
  private running: Promise<void> = Promise.resolve();
  /** Where the next round begins: with more lanes than one pass looks at, each chunk is first in its turn. */
  private startLane = '';
  /** In a row. */
  private emptyRounds = 0;
  private nextMs: number | undefined;

  constructor(
    private readonly pass: DispatchPass,
    private readonly wakes: DispatchWakes,
    private readonly answers: AnswerBell,
    private readonly metrics: DispatchMetrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.wakes.open();
    this.running = requestContext.run(systemScope('dispatch'), () => this.loop());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.wakes.end();
    this.end.ring();
    await this.running;
    await this.wakes.close();
  }

  private async loop(): Promise<void> {
    while (!this.isStopping) {
      const wake = await this.wakes.sleep(this.sleepMs(), this.isEmpty);
      if (!this.hasToStop()) await this.lookQuietly(wake);
    }
  }

  /** Asked again after each wait; the compiler would otherwise remember the first answer. */
  private hasToStop(): boolean {
    return this.isStopping;
  }

  /** At most until something is due that the last round saw. */
  private sleepMs(): number {
    const untilNext = (this.nextMs ?? Infinity) - Date.now();
    const isQuiet = this.isEmpty && !this.wakes.isDeaf;
    return Math.min(isQuiet ? POLL_WHEN_EMPTY_MS : POLL_EVERY_MS, Math.max(0, untilNext));
  }

  /** An outage is over when it is over: until then every look says the same. */
  private async lookQuietly(wake: Wake): Promise<void> {
    this.nextMs = undefined;
    try {
      // Who is free asks far more often than there is something to do: one cheap question then, instead of a whole pass.
      this.isEmpty = !wake.hasWork && (await this.pass.isEmpty());
      if (this.isEmpty || !(await this.wakes.mayLook(wake))) return;
      const beganMs = performance.now();
      const given = await this.round();
      this.emptyRounds = given === 0 ? this.emptyRounds + 1 : 0;
      const factor = Math.min(REST_FACTOR_MAX, this.emptyRounds - 1);
      if (factor > 0) await this.rest((performance.now() - beganMs) * factor);
    } catch (error) {
      this.logger.warn(`nothing was given out: ${String(error)}`);
      await this.rest(REST_MAX_MS);
    }
  }

  /** Over all lanes, once; answers how much was given out. */
  private async round(): Promise<number> {
    const tour = new LaneTour(this.startLane);
    let given = 0;
    for (let lane = tour.next(); lane !== undefined && !this.hasToStop(); lane = tour.next()) {
      const result = await this.timedPass(lane);
      given += result.claimed.length;
      if (!result.isCutShort) tour.seen(result.lastLane);
    }
    this.startLane = tour.startOfNext;
    return given;
  }

  private async timedPass(afterLane: string): Promise<PassResult> {
    const beganMs = performance.now();
    const result = await this.pass.run(afterLane);
    this.metrics.passed(result, performance.now() - beganMs);
    this.remember(result);
    await this.answers.ring(result.claimed.flatMap(({ askId }) => askId ?? []));
    return result;
  }

  /** In the time of this process, whose clock may be another than the database's. */
  private remember({ nextMs, nowMs }: PassResult): void {
    if (nextMs === undefined) return;
    this.nextMs = Math.min(this.nextMs ?? Infinity, Date.now() + Math.max(1, nextMs - nowMs));
  }

  /** Nothing but the end wakes it. */
  private async rest(forMs: number): Promise<void> {
    await this.end.sleep(Math.min(REST_MAX_MS, forMs));
  }
}
