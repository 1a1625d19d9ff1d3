import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub, type Unsubscribe } from '@app/queues';
import { Hub } from '../feed/hub';
import { Told } from '../feed/told';
import { RealtimeOptions } from '../realtime.options';
import { EventLog, PAGE } from './event-log';

/** How late an event is told whose notice was lost, */
const POLL_EVERY_MS = 1_000;
/** and how late the number is that is told of the last one while nobody reads events. */
const POLL_UNREAD_EVERY_MS = 15_000;

/** The one reader of the log in this process: each event is read once, however many clients there are. */
@Injectable()
export class TailReader implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(TailReader.name);
  private timer: NodeJS.Timeout | undefined;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private unsubscribe: Unsubscribe | undefined;
  private looking: Promise<void> | undefined;
  private isAskedAgain = false;
  private isStopped = false;
  private isFailing = false;

  constructor(
    private readonly log: EventLog,
    private readonly hub: Hub,
    private readonly pubsub: PubSub,
    private readonly options: RealtimeOptions,
  ) {}

  /** Subscribed before the first look, so that nothing falls between the two. Neither keeps the process from starting. */
  async onApplicationBootstrap(): Promise<void> {
    this.pubsub.onReconnect(() => void this.look());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.events, (payload) => {
        this.hear(Number(payload));
      });
    } catch (error) {
      this.logger.warn(`events are looked for every ${String(POLL_EVERY_MS)} ms only: ${String(error)}`);
    }
    await this.look();
    this.timer = setInterval(() => void this.poll(), POLL_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.unsubscribe?.();
    await this.looking;
  }

  /** While nobody reads, the number that the notice carries is all there is to know: no question for each event. */
  private hear(sequence: number): void {
    const { head, hasReaders } = this.hub;
    const isToldEnough = head !== undefined && !hasReaders && this.looking === undefined && !this.isFailing;
    if (!isToldEnough || !Number.isSafeInteger(sequence)) void this.look();
    else if (sequence > head) this.hub.recent.startAt(sequence);
  }

  private async poll(): Promise<void> {
    const isDue = this.hub.hasReaders || performance.now() - this.lookedAtMs >= POLL_UNREAD_EVERY_MS;
    if (isDue || this.isFailing) await this.look();
  }

  /** Resolves after everything was told that was there when it was called, or after it could not be read. Never rejects. */
  look(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    this.isAskedAgain = true;
    this.looking ??= this.lookWhileAsked().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async lookWhileAsked(): Promise<void> {
    while (this.isAskedAgain && !this.isStopped) {
      this.isAskedAgain = false;
      this.lookedAtMs = performance.now();
      try {
        await this.lookOnce();
        this.recovered();
      } catch (error) {
        this.failed(error);
      }
    }
  }

  private async lookOnce(): Promise<void> {
    if (await this.standStill()) return;
    for (;;) {
      const events = await this.log.after(this.hub.head ?? 0);
      this.hub.tell(events.map((event) => Told.event(event, this.options)));
      if (events.length < PAGE) return;
    }
  }

  /** While nobody reads only the number is asked for. A reader that came meanwhile must not miss what it skips. */
  private async standStill(): Promise<boolean> {
    if (this.hub.head !== undefined && this.hub.hasReaders) return false;
    const head = await this.log.head();
    if (this.hub.head !== undefined && this.hub.hasReaders) return false;
    if (this.hub.head !== head) this.hub.recent.startAt(head);
    return true;
  }

  private recovered(): void {
    if (this.isFailing) this.logger.log('the event log is read again');
    this.isFailing = false;
    this.hub.resume();
  }

  /** One line per outage. */
  private failed(error: unknown): void {
    if (!this.isFailing) this.logger.warn(`the event log cannot be read: ${String(error)}`);
    this.isFailing = true;
    this.hub.degrade();
  }
}
