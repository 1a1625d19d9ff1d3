import { isNativeError } from 'node:util/types';

import { CHANNELS } from '@app/contracts';
import { type Database } from '@app/database';
import { type PubSub, type QueueMessage, type QueueSet, isQueueConnectionFault } from '@app/queues';
import { requestContext, systemScope, type Logger } from '@app/telemetry';

import { ActivityNotice } from './activity-notice';
import { Bell } from './bell';
import { type EventReaction } from './event-reaction';
import { hopOf, tellHop } from './hop';
import { LeadHearing, type LeadHearingOptions } from './lead-hearing';
import { type OutboxEntry, type OutboxMeasure, OutboxStore } from './outbox-store';
import { Reactor } from './reactor';

const BATCH = 200;
/** Nudges get lost; this finds what they left: soon after something happened, */
const POLL_MS = 1_000;
/** and this late after a silence. Whoever cannot nudge tries again, so that only a process that ended leaves anything. */
const POLL_WHEN_IDLE_MS = 5_000;
/** A row that waits for an older transaction is looked at again soon: most transactions take milliseconds. */
const BLOCKED_POLL_MS = 25;

export interface OutboxRelayOptions {
  readonly db: Database;
  readonly lead: LeadHearingOptions['lead'];
  readonly queues: Pick<QueueSet, 'add'>;
  readonly pubsub: Pick<PubSub, 'publish' | 'subscribe' | 'onReconnect'>;
  readonly reactions: readonly EventReaction[];
  readonly log: Logger;
}

export interface OutboxRelayState {
  readonly running: boolean;
  /** false: the last round failed. The rows wait; nothing is lost. */
  readonly healthy: boolean;
  /** Since when it is as `healthy` says. */
  readonly since: Date;
  readonly lastError?: string;
  /** Age of the oldest row that is not sent yet, at the last look. */
  readonly lagMs: number;
}

/** A row with what it sets in motion. */
interface Leaving {
  readonly entry: OutboxEntry;
  readonly hop: string | undefined;
  readonly messages: readonly QueueMessage[];
}

/**
 * Publishes what commands have committed: numbers the events, asks the reactions, sends their messages, deletes the rows.
 * Each step may be the last one before a crash; the next round begins where it stopped, with the same job ids. Several
 * relays may run: the one that leads is woken, the others look now and then; one numbers at a time, and each sends what it
 * numbered. It never gives up.
 */
export class OutboxRelay {
  readonly #store: OutboxStore;
  readonly #hearing: LeadHearing;
  readonly #reactor: Reactor;
  readonly #bell = new Bell();
  readonly #activity: ActivityNotice;
  #loop: Promise<void> | undefined;
  #isStopping = false;
  #onRecovered: () => void = () => undefined;
  #soughtAtMs = Number.NEGATIVE_INFINITY;
  #state: Omit<OutboxRelayState, 'running'> = { healthy: true, since: new Date(), lagMs: 0 };

  constructor(private readonly options: OutboxRelayOptions) {
    this.#store = new OutboxStore(options.db);
    this.#hearing = new LeadHearing({
      ...{ lead: options.lead, pubsub: options.pubsub },
      hear: {
        [CHANNELS.outbox]: () => {
          this.nudge();
        },
      },
    });
    this.#activity = new ActivityNotice(options.pubsub, (error) => {
      this.#noticeLost(error);
    });
    this.#reactor = new Reactor(options.reactions, (error, { event }) => {
      options.log.error({ err: error, event: event.name, event_id: event.id }, 'a reaction failed');
    });
  }

  start(): void {
    if (this.#loop !== undefined) return;
    this.#isStopping = false;
    this.#loop = requestContext.run(systemScope('outbox-relay'), () => this.#run());
  }

  /** Told when it works again after it did not: a store was away, and what it held before may be lost. */
  onRecovered(listener: () => void): void {
    this.#onRecovered = listener;
  }

  /** Look now. */
  nudge(): void {
    this.#bell.ring();
  }

  /** Ends after the round in work; what it has not sent stays in the outbox. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.nudge();
    await this.#loop;
    this.#loop = undefined;
  }

  pendingCount(): Promise<number> {
    return this.#store.pendingCount();
  }

  state(): OutboxRelayState {
    return { running: this.#loop !== undefined, ...this.#state };
  }

  async #run(): Promise<void> {
    this.options.pubsub.onReconnect(() => {
      this.nudge();
    });
    await this.#hearing.open();
    let isNudged = true;
    while (!this.#isStopping) {
      isNudged = await this.#bell.sleep(await this.#pauseAfterRound(isNudged));
    }
    this.#activity.end();
    await this.#hearing.end();
  }

  /** One round; says how long to sleep after it. */
  async #pauseAfterRound(isNudged: boolean): Promise<number> {
    try {
      // Nearly every poll finds nothing: one cheap question then, instead of a whole round.
      if (!isNudged && this.#isNothingToDo(await this.#store.measure()))
        return this.#hearing.isDeaf ? POLL_MS : POLL_WHEN_IDLE_MS;
      if (!(await this.#hearing.mayLook(isNudged))) return POLL_MS;
      const { isMore, left } = await this.#round();
      this.#succeeded(left.lagMs);
      if (isMore) return 0;
      return left.isBlocked ? BLOCKED_POLL_MS : POLL_MS;
    } catch (error) {
      this.#failed(error);
      return POLL_MS;
    }
  }

  /** What came just now is not left behind by the one who leads: that one is at it. */
  #isNothingToDo({ isEmpty, lagMs }: OutboxMeasure): boolean {
    const isNothing = isEmpty || (this.#hearing.isDeaf && lagMs < POLL_MS);
    if (isNothing) this.#succeeded(lagMs);
    return isNothing;
  }

  /** Says whether there is more, and what was left behind. */
  async #round(): Promise<{ readonly isMore: boolean; readonly left: OutboxMeasure }> {
    // In this order: what is numbered now may be old as well, and is sent once.
    const abandoned = await this.#abandoned();
    const { entries: numbered, left } = await this.#store.number(BATCH);
    const last = numbered.at(-1);
    if (last !== undefined) this.#announce(last.event.sequence);
    const entries = [...abandoned, ...numbered];
    if (entries.length > 0) await this.#send(entries);
    return { isMore: numbered.length === BATCH || abandoned.length === BATCH, left };
  }

  /** Rare, and never urgent: looked for now and then, not in each round. */
  async #abandoned(): Promise<readonly OutboxEntry[]> {
    const nowMs = performance.now();
    if (nowMs - this.#soughtAtMs < POLL_MS) return [];
    const found = await this.#store.abandoned(BATCH);
    // A full batch is followed by the next at once.
    this.#soughtAtMs = found.length === BATCH ? Number.NEGATIVE_INFINITY : nowMs;
    return found;
  }

  /** Readers ask for everything after the number they have, so the last one of a batch tells of all. */
  #announce(lastSequence: number): void {
    this.#activity.tell();
    this.options.pubsub.publish(CHANNELS.events, String(lastSequence)).catch((error: unknown) => {
      this.#noticeLost(error);
    });
  }

  #noticeLost(error: unknown): void {
    this.options.log.debug({ err: error }, 'a notice of new events was lost; readers poll');
  }

  async #send(entries: readonly OutboxEntry[]): Promise<void> {
    const batch = entries.map((entry): Leaving => {
      const hop = hopOf(entry.event);
      return { entry, hop, messages: this.#reactor.messagesOf(entry, hop) };
    });
    try {
      await this.#add(batch.flatMap(({ messages }) => messages));
    } catch (error) {
      if (isQueueConnectionFault(error)) throw error;
      await this.#sendSingly(batch, error);
      return;
    }
    for (const { entry, hop, messages } of batch) tellHop(entry.event, hop, messages);
    await this.#store.delete(entries.map(({ outboxId }) => outboxId));
  }

  /** Something in the batch is refused for what it is: everything else must not wait for it. */
  async #sendSingly(batch: readonly Leaving[], refusal: unknown): Promise<void> {
    let lastError = refusal;
    let refused = 0;
    for (const { entry, hop, messages } of batch) {
      try {
        await this.#add(messages);
        tellHop(entry.event, hop, messages);
        await this.#store.delete([entry.outboxId]);
      } catch (error) {
        if (isQueueConnectionFault(error)) throw error;
        lastError = error;
        refused += 1;
      }
    }
    if (refused > 0) throw lastError;
  }

  async #add(messages: readonly QueueMessage[]): Promise<void> {
    if (messages.length > 0) await this.options.queues.add(messages);
  }

  #succeeded(lagMs: number): void {
    const wasHealthy = this.#state.healthy;
    const since = wasHealthy ? this.#state.since : new Date();
    this.#state = { healthy: true, since, lagMs };
    if (wasHealthy) return;
    this.options.log.info({ lag_ms: lagMs }, 'the outbox is sent again');
    this.#onRecovered();
  }

  /** One line per outage; the state says the rest. */
  #failed(error: unknown): void {
    if (this.#state.healthy)
      this.options.log.warn({ err: error }, 'the outbox cannot be sent; its rows wait');
    const since = this.#state.healthy ? new Date() : this.#state.since;
    // The lag of an outage is at least as old as the outage.
    const lagMs = Math.max(this.#state.lagMs, Date.now() - since.getTime());
    this.#state = {
      healthy: false,
      since,
      lagMs,
      lastError: isNativeError(error) ? error.message : String(error),
    };
  }
}
