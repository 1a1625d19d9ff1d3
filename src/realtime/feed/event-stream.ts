import { pause, type Semaphore } from '@app/resilience';
import { type Principal } from '@app/telemetry';
import { type Access, type EndOfAccess, type OpenStream } from '../../identity';
import { CLOSE } from '../domain/close-codes';
import { type EventOrigin } from '../domain/cloud-event';
import { type Frame } from '../domain/frames';
import { EVERYTHING, NOTHING, type Subscription } from '../domain/subscription';
import { type Topic, TOPIC_PERMISSIONS } from '../domain/topics';
import { type EventLog, type Page } from '../log/event-log';
import { type RealtimeMetrics } from '../realtime-metrics';
import { type Hub, type Reader } from './hub';
import { type Outlet } from './outlet';
import { Told, type View } from './told';

/** What is told at once of what is in memory; between two portions the others get their turn. */
const PORTION = 200;
/** A log that cannot be read is asked again this often by whoever has to catch up. */
const RETRY_MS = 1_000;
/** With more than this unread a reader is not told what was; it would only wait in our memory. */
const BACKLOG_MAX_BYTES = 256 * 1_024;

export interface StreamParts {
  readonly hub: Hub;
  readonly log: EventLog;
  readonly access: Access;
  readonly metrics: RealtimeMetrics;
  /** Reads the log to its end. */
  readonly look: () => Promise<void>;
  /** Readings of the past that may be under way at once: the present has the database first. */
  readonly turns: Semaphore;
  readonly origin: EventOrigin;
}

export interface Caller {
  readonly principal: Principal;
  readonly bearer?: string | undefined;
}

/** The events of one reader, each once and in order: first what was, from memory or the log, then what comes. */
export class EventStream implements Reader, OpenStream {
  private subscription: Subscription = NOTHING;
  /** Everything up to here was told or was not for this reader. */
  private cursor: number;
  /** Changes with each subscription: what is under way for the one before stops. */
  private turn = 0;
  private isJoined = false;

  constructor(
    private readonly parts: StreamParts,
    private readonly outlet: Outlet,
    private caller: Caller,
  ) {
    this.cursor = parts.hub.head ?? 0;
  }

  get principal(): Principal {
    return this.caller.principal;
  }

  get bearer(): string | undefined {
    return this.caller.bearer;
  }

  /** What comes next has a higher number. */
  get position(): number {
    return this.cursor;
  }

  /** Before anything was subscribed to, it is everything that is to come. */
  get subscribed(): Subscription {
    return this.turn === 0 ? EVERYTHING : this.subscription;
  }

  /** The number after which a subscription begins: its own, except that numbers only rise once there were some. */
  beginningOf(since: number | undefined): number {
    return since !== undefined && (this.turn === 0 || since > this.cursor) ? since : this.cursor;
  }

  /** The first topic of a subscription that this caller may not read. */
  forbiddenTopic({ topics }: Subscription, principal = this.principal): Topic | undefined {
    return [...(topics ?? [])].find((topic) => !this.parts.access.may(principal, TOPIC_PERMISSIONS[topic]));
  }

  /** In place of what was subscribed to before. The first one may begin in the past; after it numbers only rise. */
  subscribe(subscription: Subscription, since?: number): void {
    this.cursor = this.beginningOf(since);
    this.subscription = subscription;
    this.restart();
  }

  /** Somebody else's credential does not take over a stream. */
  isSameCaller({ id, workspaceId }: Principal): boolean {
    return id === this.principal.id && workspaceId === this.principal.workspaceId;
  }

  replaceCaller(caller: Caller): void {
    this.caller = caller;
    if (this.turn > 0) this.restart();
  }

  renew(principal: Principal): boolean {
    if (!this.isSameCaller(principal)) return false;
    this.caller = { ...this.caller, principal };
    if (this.forbiddenTopic(this.subscription, principal) !== undefined) return false;
    if (this.isJoined) this.parts.hub.join(this, this.view);
    return true;
  }

  end(why: EndOfAccess): void {
    if (why === 'unverifiable') this.parts.metrics.drop('unavailable');
    else this.parts.metrics.drop(why === 'revoked' ? 'revoked' : 'forbidden');
    const closings = { revoked: CLOSE.revoked, denied: CLOSE.forbidden, unverifiable: CLOSE.tryLater };
    this.outlet.close(closings[why]);
  }

  leave(): void {
    this.turn += 1;
    this.isJoined = false;
    this.parts.hub.leave(this);
  }

  deliver(bytes: Buffer, sequence: number): void {
    this.cursor = sequence;
    this.outlet.write(bytes);
  }

  say(frame: Frame): void {
    this.outlet.say(frame);
  }

  private get view(): View {
    return {
      principal: this.principal,
      subscription: this.subscription,
      format: this.outlet.format,
    };
  }

  private restart(): void {
    this.leave();
    void this.catchUp(this.turn);
  }

  /** Never rejects. */
  private async catchUp(turn: number): Promise<void> {
    const { hub } = this.parts;
    let isFailing = false;
    while (this.isStill(turn)) {
      try {
        if (await this.step(turn)) return;
      } catch {
        if (!isFailing && hub.degraded !== undefined) this.say(hub.degraded);
        isFailing = true;
        await pause(RETRY_MS);
      }
    }
  }

  /** true: it is up to date, and from here on told with everybody else. */
  private async step(turn: number): Promise<boolean> {
    const { hub } = this.parts;
    if (this.cursor > (hub.head ?? -1)) await this.findHead();
    const recent = hub.recent.after(this.cursor, PORTION);
    if (recent === undefined) await this.tellPast(turn);
    else if (recent.length === 0) return this.join();
    else await this.tell(turn, recent);
    return false;
  }

  private join(): boolean {
    this.isJoined = true;
    this.parts.hub.join(this, this.view);
    const { degraded } = this.parts.hub;
    if (degraded !== undefined) this.say(degraded);
    return true;
  }

  /** A number that we do not know yet may be known elsewhere; one that nobody knows is from a log that is no more. */
  private async findHead(): Promise<void> {
    await this.parts.look();
    const { head } = this.parts.hub;
    if (head === undefined) throw new Error('The log was not read yet.');
    if (this.cursor > head) this.skip(head + 1, this.cursor, head);
  }

  private async tellPast(turn: number): Promise<void> {
    const { turns, origin } = this.parts;
    const page = await turns.run(() => this.readPast(turn));
    if (page === undefined) return;
    const events = page.events.map((event) => Told.event(event, origin));
    if (await this.tell(turn, events)) this.cursor = Math.max(this.cursor, page.through);
  }

  /** undefined when it is not wanted any more. */
  private async readPast(turn: number): Promise<Page | undefined> {
    const { hub, log } = this.parts;
    const head = hub.head ?? 0;
    const oldest = (await log.oldest()) ?? head + 1;
    if (!this.isStill(turn)) return undefined;
    if (this.cursor + 1 < oldest) this.skip(this.cursor + 1, oldest - 1, oldest - 1);
    const page = await log.pageOf(this.principal.workspaceId, this.cursor, head);
    return this.isStill(turn) ? page : undefined;
  }

  private skip(from: number, to: number, cursor: number): void {
    this.say({ type: 'gap', from, to });
    this.cursor = cursor;
  }

  /** As fast as it is read: a reader that comes back to much is not too slow for it. false: it is not wanted any more. */
  private async tell(turn: number, events: readonly Told[]): Promise<boolean> {
    for (const told of events) {
      if (this.outlet.waitingBytes > BACKLOG_MAX_BYTES) await this.outlet.drained();
      if (!this.isStill(turn)) return false;
      this.cursor = told.sequence;
      const { view } = this;
      if (!told.isFor(view, this.parts.access)) continue;
      const wire = told.wire(view.format);
      this.parts.metrics.told([wire], 1);
      this.outlet.write(wire.bytes);
    }
    return true;
  }

  private isStill(turn: number): boolean {
    return this.turn === turn && this.outlet.isOpen;
  }
}
