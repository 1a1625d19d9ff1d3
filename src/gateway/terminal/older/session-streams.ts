import { randomBytes } from 'node:crypto';
import { type RawResponse } from '@app/plain-http';
import { EventSink } from '../event-sink';
import { EventLog, type EventPlace, type ReplayBudget } from './event-log';

/** Streams that are complete are kept for clients that lost their connection with the last of it; the latest few. */
const COMPLETE_MAX = 4;

/** Whoever wants to know that the connection under a stream is gone. */
export interface StreamOwner {
  connectionClosed(): void;
}

interface Entry {
  readonly log: EventLog;
  readonly owner: StreamOwner | undefined;
}

/** The streams of one session: one for what belongs to no call, and one for each call that needed one. */
export class SessionStreams {
  /** Ids of an earlier life of this session, in this process or another, must not be taken for ids of this one. */
  private readonly life = randomBytes(3).toString('hex');
  private readonly byName = new Map<string, Entry>();
  private readonly complete: EventLog[] = [];
  private readonly unasked: EventLog;
  private next = 1;

  constructor(private readonly budget: ReplayBudget) {
    this.unasked = new EventLog(this.life, budget);
    this.byName.set(this.life, { log: this.unasked, owner: undefined });
  }

  /** Someone listens for what belongs to no call. */
  get isListenedTo(): boolean {
    return this.unasked.isListenedTo;
  }

  sayUnasked(json: string): void {
    this.unasked.send(json);
  }

  endUnasked(): void {
    this.unasked.complete();
  }

  begin(owner: StreamOwner): EventLog {
    const log = new EventLog(`${this.life}${(this.next++).toString(36)}`, this.budget);
    this.byName.set(log.name, { log, owner });
    return log;
  }

  /** Goes on with the stream that the client knows, or with what belongs to no call. */
  open(response: RawResponse, place: EventPlace | undefined): void {
    const known = place === undefined ? undefined : this.byName.get(place.name);
    const { log, owner } = known ?? { log: this.unasked, owner: undefined };
    const sink = new EventSink(response);
    sink.onGone(() => owner?.connectionClosed());
    log.attach(sink, known === undefined ? undefined : place?.number);
  }

  /** The call of this stream is over. */
  ended(owner: StreamOwner): void {
    for (const entry of this.byName.values()) if (entry.owner === owner) this.complete.push(entry.log);
    while (this.complete.length > COMPLETE_MAX) this.drop(this.complete.shift());
  }

  close(): void {
    for (const { log } of this.byName.values()) log.forget();
    this.byName.clear();
  }

  private drop(log: EventLog | undefined): void {
    if (log === undefined) return;
    log.forget();
    this.byName.delete(log.name);
  }
}
