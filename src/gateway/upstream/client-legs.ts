import { type Clock, type JsonObject } from '@app/kernel';
import { type McpEra } from '@app/mcp';
import { BulkheadFullError } from '@app/resilience';
import { type Leg } from './leg';
import { ServerQuestions } from './server-questions';

/** Sessions that one server keeps for single clients of ours. */
const LEGS_MAX = 256;
/** Of these, for calls of one caller that run side by side; beyond it they share, and questions of the server are refused. */
const SIDE_BY_SIDE_MAX = 16;

/** In whose name a session is opened. */
export interface LegAnnouncement {
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
  /** Which protocol is wanted of a server that has both; without it, the one that it is known to speak. */
  readonly era?: McpEra;
  /** Read at each connection: the client may have changed it meanwhile. */
  logLevel(): string | undefined;
}

export interface LegIdentity extends LegAnnouncement {
  readonly key: string;
  /** Whether all calls of the session are one client's. */
  readonly isOneClient: boolean;
  /** Whether nothing can be asked while it is used: a list is read beside any call. */
  readonly isQuiet?: boolean;
}

export interface ClientLeg {
  readonly leg: Leg;
  readonly questions: ServerQuestions;
}

export type MakeLeg = (client: LegAnnouncement, questions: ServerQuestions) => Leg;

/** The sessions of a server that belong to clients: bounded, and ended when nobody uses them. */
export class ClientLegs {
  private readonly legs = new Map<string, ClientLeg>();

  constructor(
    private readonly make: MakeLeg,
    private readonly clock: Clock,
    /** All that a session hears comes over one stream, which does not say to which call a question belongs. */
    private readonly isOneStream = false,
  ) {}

  get lastUsedAtMs(): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (const { leg } of this.legs.values()) latest = Math.max(latest, leg.lastUsedAtMs);
    return latest;
  }

  get(identity: LegIdentity): ClientLeg {
    const key = this.keyOf(identity);
    const found = this.legs.get(key) ?? this.made(key, identity);
    // Calls that come in the same moment must not be given the same one.
    if (this.isByItself(identity)) found.questions.promise();
    return found;
  }

  private made(key: string, identity: LegIdentity): ClientLeg {
    if (this.legs.size >= LEGS_MAX) this.makeRoom();
    const questions = new ServerQuestions(identity.isOneClient);
    const made = { leg: this.make(identity, questions), questions };
    this.legs.set(key, made);
    return made;
  }

  peek(key: string): ClientLeg | undefined {
    return this.legs.get(key);
  }

  tryNow(): void {
    for (const { leg } of this.legs.values()) leg.tryNow();
  }

  drop(key: string): void {
    this.legs.get(key)?.leg.close();
    this.legs.delete(key);
  }

  reap(idleMaxMs: number): void {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { leg }] of this.legs)
      if (leg.isIdle && nowMs - leg.lastUsedAtMs > idleMaxMs) this.drop(key);
  }

  close(): void {
    for (const key of [...this.legs.keys()]) this.drop(key);
  }

  /** Calls of clients without sessions are nobody's together: over one stream each has a session to itself. */
  private keyOf(identity: LegIdentity): string {
    const { key } = identity;
    if (!this.isByItself(identity)) return key;
    for (let place = 0; place < SIDE_BY_SIDE_MAX; place += 1) {
      const own = place === 0 ? key : `${key} ${place}`;
      if (this.legs.get(own)?.questions.isBusy !== true) return own;
    }
    return key;
  }

  private isByItself({ isOneClient, isQuiet = false }: LegIdentity): boolean {
    return this.isOneStream && !isOneClient && !isQuiet;
  }

  private makeRoom(): void {
    const idle = [...this.legs].filter(([, { leg }]) => leg.isIdle);
    const [oldest] = idle.sort(([, a], [, b]) => a.leg.lastUsedAtMs - b.leg.lastUsedAtMs);
    if (oldest === undefined) throw new BulkheadFullError('This upstream');
    this.drop(oldest[0]);
  }
}
