import { Logger } from '@nestjs/common';
import { parseJson } from '@app/http';
import { DomainError } from '@app/kernel';
import { type RequestScope } from '@app/telemetry';
import { type WebSocket } from 'ws';
import { type ClientFrame, readClientFrame } from '../domain/client-frame';
import { because, CLOSE, type Closing } from '../domain/close-codes';
import { EVERYTHING, type Subscription, SubscriptionFault } from '../domain/subscription';
import { TOPICS } from '../domain/topics';
import { type EventStream } from '../feed/event-stream';
import { type Streams } from '../feed/streams';
import { type DropReason } from '../realtime-metrics';
import { type Admission, type Admitted, Refused } from './admission';
import { FrameBudget } from './frame-budget';
import { type SocketOutlet } from './socket-outlet';

const AUTH_WITHIN_MS = 5_000;
/** Whoever subscribes at once is not told everything first. Nothing is missed meanwhile. */
const EVERYTHING_AFTER_MS = 250;
/** Timers take no more; a token that lasts longer is looked at again then. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface ConversationParts {
  readonly admission: Admission;
  readonly streams: Streams;
  readonly scope: RequestScope;
  readonly onDropped: (reason: DropReason) => void;
}

const REASONS: Readonly<Record<number, DropReason>> = {
  [CLOSE.badFrame.code]: 'bad_frame',
  [CLOSE.unauthenticated.code]: 'unauthenticated',
  [CLOSE.forbidden.code]: 'forbidden',
  [CLOSE.tooMany.code]: 'too_many',
  [CLOSE.tryLater.code]: 'unavailable',
};

/** What is said over one WebSocket: first who it is, then what it wants to hear. One frame after the other. */
export class Conversation {
  private static readonly logger = new Logger(Conversation.name);
  private readonly budget = new FrameBudget();
  private stream: EventStream | undefined;
  private saying: Promise<void> = Promise.resolve();
  private authTimer: NodeJS.Timeout | undefined;
  private defaultTimer: NodeJS.Timeout | undefined;
  private expiryTimer: NodeJS.Timeout | undefined;
  private release: () => void = () => undefined;

  constructor(
    private readonly outlet: SocketOutlet,
    private readonly parts: ConversationParts,
  ) {
    this.authTimer = setTimeout(() => {
      this.drop(CLOSE.unauthenticated);
    }, AUTH_WITHIN_MS).unref();
    outlet.onClosed(() => {
      this.over();
    });
  }

  begin(ws: WebSocket, ticket: string | undefined): void {
    if (ticket !== undefined)
      this.then(async () => this.welcome(await this.parts.admission.byTicket(ticket, this.parts.scope)));
    ws.on('message', (data, isBinary) => {
      this.hear(data as Buffer, isBinary);
    });
  }

  private hear(data: Buffer, isBinary: boolean): void {
    if (!this.outlet.isOpen) return;
    if (!this.budget.take(performance.now())) {
      this.drop(CLOSE.tooFast);
      return;
    }
    try {
      if (isBinary) throw new SubscriptionFault('frames are text');
      const frame = readClientFrame(parseJson(data));
      this.then(() => this.answer(frame));
    } catch (error) {
      if (!(error instanceof SubscriptionFault) && !(error instanceof DomainError)) throw error;
      this.drop(because(CLOSE.badFrame, error.message));
    }
  }

  private then(work: () => Promise<void> | void): void {
    this.saying = this.saying.then(work).catch((error: unknown) => {
      if (error instanceof Refused) this.drop(error.closing);
      else {
        Conversation.logger.error(error);
        this.drop(CLOSE.tryLater);
      }
    });
  }

  private answer(frame: ClientFrame): Promise<void> | void {
    if (!this.outlet.isOpen) return;
    if (frame.type === 'auth') return this.authenticate(frame.token);
    const { stream } = this;
    if (stream === undefined) this.drop(CLOSE.unauthenticated);
    else if (frame.type === 'ping') this.outlet.say({ type: 'pong' });
    else if (frame.type === 'subscribe') this.subscribe(stream, frame.subscription, frame.since);
    else this.unsubscribe(stream, frame.topics);
  }

  private async authenticate(token: string): Promise<void> {
    await this.welcome(await this.parts.admission.byToken(token, this.parts.scope));
  }

  /** Shown again, a newer credential of the same caller takes the place of the older one. */
  private async welcome(admitted: Admitted): Promise<void> {
    if (this.stream === undefined) await this.open(admitted);
    else if (this.stream.isSameCaller(admitted.principal)) this.stream.replaceCaller(admitted);
    else this.drop(because(CLOSE.forbidden, 'The connection belongs to another caller.'));
    this.expireAt(admitted.expiresAtMs);
    if (this.stream !== undefined && this.outlet.isOpen)
      this.outlet.say({
        ...{ type: 'auth_ok', sequence: this.stream.position },
        topics: TOPICS.filter((topic) => this.stream?.forbiddenTopic(only(topic)) === undefined),
      });
  }

  private async open(admitted: Admitted): Promise<void> {
    if (!(await this.parts.streams.isReady())) throw new Refused(CLOSE.tryLater);
    const release = await this.parts.admission.enter(admitted.principal);
    if (!this.outlet.isOpen) {
      release();
      return;
    }
    this.release = release;
    clearTimeout(this.authTimer);
    const stream = this.parts.streams.for(this.outlet, admitted);
    this.stream = stream;
    this.defaultTimer = setTimeout(() => {
      stream.subscribe(EVERYTHING);
    }, EVERYTHING_AFTER_MS).unref();
  }

  private subscribe(stream: EventStream, subscription: Subscription, since?: number): void {
    clearTimeout(this.defaultTimer);
    const forbidden = stream.forbiddenTopic(subscription);
    if (forbidden !== undefined) {
      this.drop(because(CLOSE.forbidden, `The caller may not read ${forbidden}.`));
      return;
    }
    const from = stream.beginningOf(since);
    this.outlet.say({ type: 'subscribed', topics: [...(subscription.topics ?? TOPICS)], since: from });
    stream.subscribe(subscription, since);
  }

  private unsubscribe(stream: EventStream, topics: Subscription['topics']): void {
    clearTimeout(this.defaultTimer);
    const before = stream.subscribed;
    const left = [...(before.topics ?? TOPICS)].filter((topic) => topics !== undefined && !topics.has(topic));
    this.outlet.say({ type: 'subscribed', topics: left, since: stream.position });
    stream.subscribe({ filter: before.filter, topics: new Set(left) });
  }

  private expireAt(expiresAtMs: number | undefined): void {
    clearTimeout(this.expiryTimer);
    if (expiresAtMs === undefined) return;
    const leftMs = Math.min(Math.max(0, expiresAtMs - Date.now()), TIMER_MAX_MS);
    this.expiryTimer = setTimeout(() => {
      this.drop(CLOSE.expired);
    }, leftMs).unref();
  }

  private drop(closing: Closing): void {
    if (!this.outlet.isOpen) return;
    this.parts.onDropped(REASONS[closing.code] ?? 'unavailable');
    this.outlet.close(closing);
  }

  private over(): void {
    for (const timer of [this.authTimer, this.defaultTimer, this.expiryTimer]) clearTimeout(timer);
    this.release();
  }
}

const only = (topic: (typeof TOPICS)[number]): Subscription => ({
  topics: new Set([topic]),
  filter: new Map(),
});
