import { type NewerCall } from './newer-call';

/** Calls that wait for the answers of their clients; each keeps a connection to its upstream busy. */
const HELD_MAX = 1_000;
const HELD_PER_CALLER_MAX = 50;

/** The calls of older upstreams that asked something and go on when the client comes back with the answers. */
export class HeldCalls {
  private readonly byKey = new Map<string, NewerCall>();
  private readonly perCaller = new Map<string, number>();

  /** False when there is no room. A call that is held already needs none. */
  admit(call: NewerCall): boolean {
    if (this.byKey.has(call.key)) return true;
    const theirs = this.perCaller.get(call.callerId) ?? 0;
    if (this.byKey.size >= HELD_MAX || theirs >= HELD_PER_CALLER_MAX) return false;
    this.byKey.set(call.key, call);
    this.perCaller.set(call.callerId, theirs + 1);
    return true;
  }

  find(key: string): NewerCall | undefined {
    return this.byKey.get(key);
  }

  release(call: NewerCall): void {
    if (!this.byKey.delete(call.key)) return;
    const left = (this.perCaller.get(call.callerId) ?? 1) - 1;
    if (left === 0) this.perCaller.delete(call.callerId);
    else this.perCaller.set(call.callerId, left);
  }

  close(): void {
    for (const call of [...this.byKey.values()]) call.giveUp('The gateway shuts down');
  }
}
