import { type Database, Lease } from '@app/database';
import { newId } from '@app/kernel';

export interface LeadershipListener {
  /** `alone`: nobody else held the lease meanwhile, so what is remembered still counts. */
  onGained(alone: boolean): void;
  /** No acting any more. The engine may still be ours alone: the database may just be away. */
  onLost(): void;
  /** Another process acts now: whatever this one holds open must go. */
  onUsurped(): void;
}

/** While the lease is away this often somebody looks who has it. */
const LOOK_FOR_HOLDER_EVERY_MS = 2_000;
const REPORTS_PER_EPOCH = 1_000_000_000;

/** One active provisioner per installation; a second one stands by. */
export class Leadership {
  readonly name: string;
  readonly #holder: string;
  readonly #lease: Lease;
  #listener: LeadershipListener | undefined;
  #lastEpoch = 0;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    options: {
      readonly installationId: string;
      readonly holder: string | undefined;
      readonly leaseTermMs: number;
    },
  ) {
    this.name = `engine:${options.installationId}`;
    this.#holder = options.holder ?? newId();
    this.#lease = new Lease(db, { name: this.name, holder: this.#holder, termMs: options.leaseTermMs });
  }

  isHeld(): boolean {
    return this.#lease.isHeld();
  }

  start(listener: LeadershipListener): void {
    this.#listener = listener;
    this.#lease.start((held) => {
      if (held) this.#gained(listener);
      else this.#lost(listener);
    });
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
    clearTimeout(this.#timer);
    await this.#lease.stop();
  }

  /**
   * Orders the reports of one instance over restarts and take-overs. Taken from the epoch of the last acquisition, so a
   * report of a former holder is always older than all of its successor.
   */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#lastEpoch * REPORTS_PER_EPOCH + this.#sequence;
  }

  #gained(listener: LeadershipListener): void {
    clearTimeout(this.#timer);
    const { epoch } = this.#lease;
    const alone = epoch === this.#lastEpoch + 1;
    this.#lastEpoch = epoch;
    this.#sequence = 0;
    listener.onGained(alone);
  }

  #lost(listener: LeadershipListener): void {
    listener.onLost();
    if (this.#listener !== undefined) this.#lookForHolder();
  }

  #lookForHolder(): void {
    this.#timer = setTimeout(() => void this.#checkHolder(), LOOK_FOR_HOLDER_EVERY_MS);
  }

  async #checkHolder(): Promise<void> {
    try {
      const [row] = await this.db.query<{ holder: string }>('SELECT holder FROM lease WHERE name = $1', [
        this.name,
      ]);
      if (row !== undefined && row.holder !== this.#holder) {
        this.#listener?.onUsurped();
        return;
      }
    } catch {
      // The database is away, so nobody can have taken the lease through it.
    }
    if (this.#listener !== undefined && !this.isHeld()) this.#lookForHolder();
  }
}
