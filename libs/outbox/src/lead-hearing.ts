import { type Channel } from '@app/contracts';
import { type Lead } from '@app/database';
import { type PubSub, type Unsubscribe } from '@app/queues';

export interface LeadHearingOptions {
  readonly lead: Pick<Lead, 'take' | 'release'>;
  readonly pubsub: Pick<PubSub, 'subscribe'>;
  readonly hear: Readonly<Partial<Record<Channel, () => void>>>;
}

/**
 * What one of several equal processes hears while it leads. Whoever is refused hears nothing more: being woken for what
 * another does costs more than half of doing it. It then has to look by itself now and then, and hears again when it leads.
 */
export class LeadHearing {
  #unsubscribe: readonly Unsubscribe[] | undefined;

  constructor(private readonly options: LeadHearingOptions) {}

  get isDeaf(): boolean {
    return this.#unsubscribe === undefined;
  }

  async open(): Promise<void> {
    if (!this.isDeaf) return;
    const { pubsub, hear } = this.options;
    const channels = Object.entries(hear) as [Channel, () => void][];
    this.#unsubscribe = await Promise.all(channels.map(([channel, told]) => pubsub.subscribe(channel, told)));
  }

  /**
   * Whether to look now, as there is something to do. What it was rung for is for the one who leads; what it found by itself
   * is not, for that one may have died. One call at a time.
   */
  async mayLook(isRung: boolean): Promise<boolean> {
    if (!isRung && !this.isDeaf) return true;
    const leads = await this.options.lead.take();
    await (leads ? this.open() : this.#close());
    return leads || !isRung;
  }

  /** For good: another may lead at once. */
  async end(): Promise<void> {
    await this.#close();
    await this.options.lead.release();
  }

  async #close(): Promise<void> {
    const unsubscribe = this.#unsubscribe ?? [];
    this.#unsubscribe = undefined;
    await Promise.all(unsubscribe.map((stop) => stop()));
  }
}
