import { backoffMs } from './backoff';
import { type Carrier, type Greeting, type Loss, type Open, type Way } from './carrier';
import { type Frame, type Topic } from './frames';
import { LiveStatus } from './live-state';

const PULSE_MS = 5_000;
/** Some ways are silent while nothing happens, so we ask by ourselves and count anything as a sign of life. */
const ASK_AFTER_MS = 15_000;
const SILENT_MS = 35_000;
/** After so many of them in a row a way counts as barred, and the next one is taken. */
const BARRED_MAX: Readonly<Record<Way, number>> = { socket: 3, events: 2, polling: Infinity };
/** On a lesser way it is tried this often whether the best one is open again. */
const BETTER_AFTER_MS = 60_000;

interface Line {
  readonly way: Way;
  carrier: Carrier | undefined;
  isOpen: boolean;
}

export interface ConnectionParts {
  readonly open: Readonly<Record<Way, Open>>;
  readonly onFrame: (frame: Frame) => void;
  /** Events are missing between what the page shows and what comes next. */
  readonly onGap: () => void;
  /** The server does not take the session any more, or not for this; answers whether it has ended. */
  readonly onRefused: () => void;
  /** The event that the oldest answer on view had reached. */
  readonly snapshot: () => number | undefined;
  /** Has something told whenever it is worth a try at once: online again, or seen again. */
  readonly onWake: (wake: () => void) => () => void;
}

/** The one connection of the tab: kept for ever, by the best way that is open. */
export class LiveConnection {
  readonly status = new LiveStatus();
  private current: Line | undefined;
  /** Tried beside one that works. */
  private better: Line | undefined;
  private topics: readonly Topic[] = [];
  private lastSequence: number | undefined;
  private barred = { socket: 0, events: 0, polling: 0 };
  private attempt = 0;
  private heardAt = 0;
  private feltAt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private betterTimer: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private unwake: (() => void) | undefined;

  constructor(private readonly parts: ConnectionParts) {}

  start(): void {
    if (this.unwake !== undefined) return;
    this.unwake = this.parts.onWake(this.comeBack);
    this.feltAt = Date.now();
    this.pulse = setInterval(this.feelPulse, PULSE_MS);
    this.connect();
  }

  stop(): void {
    this.unwake?.();
    this.unwake = undefined;
    clearInterval(this.pulse);
    clearTimeout(this.retryTimer);
    clearTimeout(this.betterTimer);
    for (const line of [this.current, this.better]) line?.carrier?.close();
    this.current = undefined;
    this.better = undefined;
  }

  /** The union of what the screens want; said at once when connected, else with the next connection. */
  want(topics: readonly Topic[]): void {
    if (topics.join() === this.topics.join()) return;
    this.topics = topics;
    if (this.current?.isOpen === true) this.current.carrier?.want?.(topics, this.lastSequence);
  }

  private connect(): void {
    clearTimeout(this.retryTimer);
    this.current = this.lineBy(this.bestWay());
  }

  private bestWay(): Way {
    return (['socket', 'events'] as const).find((way) => this.barred[way] < BARRED_MAX[way]) ?? 'polling';
  }

  private lineBy(way: Way): Line {
    const line: Line = { way, isOpen: false, carrier: undefined };
    const isMine = (): boolean => line === this.current || line === this.better;
    line.carrier = this.parts.open[way](
      {
        onOpen: (greeting) => isMine() && this.opened(line, greeting),
        onFrame: (frame) => isMine() && this.tell(frame),
        onSign: () => (this.heardAt = Date.now()),
        onGap: () => isMine() && this.parts.onGap(),
        onLost: (why) => isMine() && this.lost(line, why),
      },
      this.lastSequence ?? this.parts.snapshot(),
    );
    return line;
  }

  private opened(line: Line, { sequence }: Greeting): void {
    if (line === this.better) {
      this.current?.carrier?.close();
      this.better = undefined;
      this.current = line;
    }
    line.isOpen = true;
    this.attempt = 0;
    this.heardAt = Date.now();
    this.barred[line.way] = 0;
    if (line.way === 'socket') this.barred.events = 0;
    else this.lookForBetter();
    // What happened between the first answers and this greeting is told as well.
    this.lastSequence ??= this.parts.snapshot() ?? sequence;
    line.carrier?.want?.(this.topics, this.lastSequence);
    this.status.set({ kind: 'live', by: line.way });
  }

  private tell(frame: Frame): void {
    if (typeof frame.sequence === 'number') this.lastSequence = frame.sequence;
    if (this.current?.isOpen === true) this.status.set({ kind: 'live', by: this.current.way });
    this.parts.onFrame(frame);
  }

  private lost(line: Line, why: Loss): void {
    if (line === this.better) {
      this.better = undefined;
      this.lookForBetter();
      return;
    }
    this.current = undefined;
    if (why === 'barred') this.barred[line.way] += 1;
    if (why === 'session') this.parts.onRefused();
    // What was called may have stopped us.
    if (this.unwake !== undefined) this.retry(line.way !== this.bestWay());
  }

  private retry(atOnce: boolean): void {
    this.attempt += 1;
    if (this.status.get().kind !== 'stale') this.status.set({ kind: 'reconnecting', attempt: this.attempt });
    clearTimeout(this.retryTimer);
    clearTimeout(this.betterTimer);
    this.better?.carrier?.close();
    this.better = undefined;
    this.retryTimer = setTimeout(() => this.connect(), atOnce ? 0 : backoffMs(this.attempt - 1));
  }

  private lookForBetter(): void {
    clearTimeout(this.betterTimer);
    this.betterTimer = setTimeout(() => (this.better = this.lineBy('socket')), BETTER_AFTER_MS);
  }

  private readonly comeBack = (): void => {
    if (this.current === undefined) this.connect();
  };

  private readonly feelPulse = (): void => {
    const now = Date.now();
    // A tab that slept did not ask either: it does so first and judges at the next time.
    const slept = now - this.feltAt > 2 * PULSE_MS;
    this.feltAt = now;
    const silence = now - this.heardAt;
    if (!slept && this.heardAt > 0 && silence > SILENT_MS) this.goStale();
    else if (silence > ASK_AFTER_MS && this.current?.isOpen === true) this.current.carrier?.ask?.();
  };

  private goStale(): void {
    this.status.set({ kind: 'stale', since: this.heardAt });
    const line = this.current;
    if (line === undefined) return;
    // One that is just being opened has its own limit.
    if (!line.isOpen) return;
    this.current = undefined;
    line.carrier?.close();
    this.retry(false);
  }
}
