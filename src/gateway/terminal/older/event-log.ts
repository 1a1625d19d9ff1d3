import { type EventSink } from '../event-sink';

/** What one stream keeps for a client that comes back. */
const EVENTS_MAX = 256;
const STREAM_BYTES_MAX = 4 * 1024 * 1024;
/** How long a client should wait before it opens a broken stream again. */
const RETRY_MS = 1_000;

/** What all streams of this process may keep together: who goes over it keeps nothing, and loses only the way back. */
export class ReplayBudget {
  private usedBytes = 0;

  constructor(private readonly limitBytes: number) {}

  take(bytes: number): boolean {
    if (this.usedBytes + bytes > this.limitBytes) return false;
    this.usedBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.usedBytes -= bytes;
  }
}

interface KeptEvent {
  readonly number: number;
  readonly frame: string;
}

/**
 * The events of one stream, numbered, with the latest kept: whoever comes back with the id of the last one that arrived
 * gets the rest. Events are written to the connection of the moment, if there is one.
 */
export class EventLog {
  private readonly kept: KeptEvent[] = [];
  private keptBytes = 0;
  private last = 0;
  private sink: EventSink | undefined;
  private isComplete = false;

  constructor(
    /** Unique in the session; the first half of each event's id. */
    readonly name: string,
    private readonly budget: ReplayBudget,
  ) {}

  get isListenedTo(): boolean {
    return this.sink?.isOpen === true;
  }

  /** Takes the place of the connection before it: of two, one is dead, and it is not the new one. */
  attach(sink: EventSink, afterNumber = this.last): void {
    this.sink?.end();
    this.sink = sink;
    for (const { number, frame } of this.kept) if (number > afterNumber) sink.write(frame);
    if (this.isComplete) sink.end();
  }

  /** An event without data, so that a client can come back before anything was said. */
  prime(): void {
    this.sink?.write(`id: ${this.name}.${this.last}\nretry: ${RETRY_MS}\ndata: \n\n`);
  }

  send(json: string): void {
    this.last += 1;
    const frame = `event: message\nid: ${this.name}.${this.last}\ndata: ${json}\n\n`;
    this.keep({ number: this.last, frame });
    this.sink?.write(frame);
  }

  /** Nothing more will be said. */
  complete(): void {
    this.isComplete = true;
    this.sink?.end();
  }

  forget(): void {
    this.sink?.end();
    this.budget.give(this.keptBytes);
    this.keptBytes = 0;
    this.kept.length = 0;
  }

  private keep(event: KeptEvent): void {
    const bytes = event.frame.length;
    while (
      this.kept.length > 0 &&
      (this.kept.length >= EVENTS_MAX || this.keptBytes + bytes > STREAM_BYTES_MAX)
    )
      this.dropOldest();
    // With a hole in it a log would replay nonsense: what is before the hole goes as well.
    if (bytes > STREAM_BYTES_MAX || !this.budget.take(bytes)) {
      while (this.kept.length > 0) this.dropOldest();
      return;
    }
    this.kept.push(event);
    this.keptBytes += bytes;
  }

  private dropOldest(): void {
    const bytes = this.kept.shift()?.frame.length ?? 0;
    this.keptBytes -= bytes;
    this.budget.give(bytes);
  }
}

export interface EventPlace {
  readonly name: string;
  readonly number: number;
}

/** Reads `Last-Event-ID`; undefined for what is not one of ours. */
export function placeOf(eventId: string | undefined): EventPlace | undefined {
  const match = /^([0-9a-z]{1,16})\.([0-9]{1,10})$/.exec(eventId ?? '');
  return match?.[1] === undefined ? undefined : { name: match[1], number: Number(match[2]) };
}
