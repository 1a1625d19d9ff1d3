/** Calls that wait for the answers of their clients; each keeps a connection to its upstream busy. */
export interface HeldLimits {
  readonly heldMax: number;
  readonly heldPerCallerMax: number;
}
const LIMITS: HeldLimits = { heldMax: 1_000, heldPerCallerMax: 50 };

/** What is needed of a call to keep it. */
export interface Holdable {
  readonly key: string;
  readonly callerId: string;
  giveUp(reason: string): void;
}

/** The calls of older upstreams that asked something and go on when the client comes back with the answers. */
export class HeldCalls<T extends Holdable> {
  private readonly byKey = new Map<string, T>();
  private readonly perCaller = new Map<string, number>();

  constructor(private readonly limits = LIMITS) {}

  /** False when there is no room. A call that is held already needs none. */
  admit(call: T): boolean {
    if (this.byKey.has(call.key)) return true;
    const theirs = this.perCaller.get(call.callerId) ?? 0;
    const { heldMax, heldPerCallerMax } = this.limits;
    if (this.byKey.size >= heldMax || theirs >= heldPerCallerMax) return false;
    this.byKey.set(call.key, call);
    this.perCaller.set(call.callerId, theirs + 1);
    return true;
  }

  find(key: string): T | undefined {
    return this.byKey.get(key);
  }

  release(call: T): void {
    if (!this.byKey.delete(call.key)) return;
    const left = (this.perCaller.get(call.callerId) ?? 1) - 1;
    if (left === 0) this.perCaller.delete(call.callerId);
    else this.perCaller.set(call.callerId, left);
  }

  close(): void {
    for (const call of [...this.byKey.values()]) call.giveUp('The gateway shuts down');
  }
}
