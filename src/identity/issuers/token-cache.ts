import { createHash } from 'node:crypto';
import { type Clock } from '@app/kernel';
import { type ForeignIdentity } from './foreign-tokens';

/** As long as a role that was taken away elsewhere may go on to work. */
const BELIEVED_MS = 60_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly identity: ForeignIdentity;
  readonly untilMs: number;
  readonly expiresAtMs: number;
}

/** Tokens that were verified a moment ago, by their digest. Those that were not are not remembered: they would crowd out the others. */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  #epoch = 0;

  constructor(private readonly clock: Clock) {}

  static keyOf(jwt: string, audience: string | undefined): string {
    return `${createHash('sha256').update(jwt).digest('base64')} ${audience ?? ''}`;
  }

  get(key: string): ForeignIdentity | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.clock.monotonicMs() < entry.untilMs && this.clock.now().getTime() < entry.expiresAtMs)
      return entry.identity;
    this.#entries.delete(key);
    return undefined;
  }

  /** Between two clearings; what was verified before one of them is not remembered after it. */
  get epoch(): number {
    return this.#epoch;
  }

  put(
    key: string,
    identity: ForeignIdentity,
    { expiresAtMs, epoch }: { expiresAtMs: number; epoch: number },
  ): void {
    if (epoch !== this.#epoch) return;
    this.#entries.set(key, { identity, expiresAtMs, untilMs: this.clock.monotonicMs() + BELIEVED_MS });
    if (this.#entries.size <= MAX_ENTRIES) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  clear(): void {
    this.#entries.clear();
    this.#epoch += 1;
  }
}
