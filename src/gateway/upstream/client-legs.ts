import { type Clock, type JsonObject } from '@app/kernel';
import { type OnServerRequest } from '@app/mcp';
import { BulkheadFullError } from '@app/resilience';
import { type Leg } from './leg';

/** Sessions that one server keeps for single clients of ours. */
const LEGS_MAX = 256;

/** In whose name a session is opened. */
export interface LegAnnouncement {
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
  /** Answers what the server asks outside of any call. */
  readonly onRequest: OnServerRequest;
  /** Read at each connection: the client may have changed it meanwhile. */
  logLevel(): string | undefined;
}

export type ClientLeg = Leg;

/** The sessions of a server that belong to clients: bounded, and ended when nobody uses them. */
export class ClientLegs {
  private readonly legs = new Map<string, Leg>();

  constructor(
    private readonly make: (as: LegAnnouncement) => Leg,
    private readonly clock: Clock,
  ) {}

  get lastUsedAtMs(): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (const leg of this.legs.values()) latest = Math.max(latest, leg.lastUsedAtMs);
    return latest;
  }

  get(key: string, as: LegAnnouncement): Leg {
    const known = this.legs.get(key);
    if (known !== undefined) return known;
    if (this.legs.size >= LEGS_MAX) this.makeRoom();
    const leg = this.make(as);
    this.legs.set(key, leg);
    return leg;
  }

  tryNow(): void {
    for (const leg of this.legs.values()) leg.tryNow();
  }

  drop(key: string): void {
    this.legs.get(key)?.close();
    this.legs.delete(key);
  }

  reap(idleMaxMs: number): void {
    const nowMs = this.clock.monotonicMs();
    for (const [key, leg] of this.legs)
      if (leg.isIdle && nowMs - leg.lastUsedAtMs > idleMaxMs) this.drop(key);
  }

  close(): void {
    for (const key of [...this.legs.keys()]) this.drop(key);
  }

  private makeRoom(): void {
    const idle = [...this.legs].filter(([, leg]) => leg.isIdle);
    const [oldest] = idle.sort(([, a], [, b]) => a.lastUsedAtMs - b.lastUsedAtMs);
    if (oldest === undefined) throw new BulkheadFullError('This upstream');
    this.drop(oldest[0]);
  }
}
