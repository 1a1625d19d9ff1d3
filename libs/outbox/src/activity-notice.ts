import { CHANNELS } from '@app/contracts';
import { type PubSub } from '@app/queues';

const PACE_MS = 1_000;

/**
 * Tells that something happened, at once and then once a second for as long as it goes on; the last of it is never left out.
 * For whoever looks no more often in any case: being woken by each event costs a process that has nothing to do more than
 * its looks.
 */
export class ActivityNotice {
  #pause: NodeJS.Timeout | undefined;
  #isMore = false;

  constructor(
    private readonly pubsub: Pick<PubSub, 'publish'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  tell(): void {
    if (this.#pause !== undefined) {
      this.#isMore = true;
      return;
    }
    this.#isMore = false;
    this.pubsub.publish(CHANNELS.activity, '').catch(this.onFailure);
    this.#pause = setTimeout(() => {
      this.end();
    }, PACE_MS);
    this.#pause.unref();
  }

  /** Tells what it kept back. */
  end(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    if (this.#isMore) this.tell();
  }
}
