import { Injectable, Logger } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub, type Unsubscribe } from '@app/queues';
import { answeredIn, answeredNotices } from './answered-notices';

/** Whether whoever asks that waits here; then it is woken. */
type Wake = (askId: string) => boolean;

/** Tells whoever waits for an answer that there is one: in this process at once, in others by a notice. */
@Injectable()
export class AnswerBell {
  private readonly logger = new Logger(AnswerBell.name);
  private readonly wakers = new Set<Wake>();

  constructor(private readonly pubsub: PubSub) {}

  /** Answers how to stop. */
  async onAnswer(wake: Wake): Promise<Unsubscribe> {
    this.wakers.add(wake);
    const unsubscribe = await this.pubsub.subscribe(CHANNELS.leases, (notice) => {
      for (const id of answeredIn(notice)) wake(id);
    });
    return async () => {
      this.wakers.delete(wake);
      await unsubscribe();
    };
  }

  /** Never fails: whoever waits looks by itself as well. */
  async ring(askIds: readonly string[]): Promise<void> {
    const elsewhere = askIds.filter((id) => ![...this.wakers].some((wake) => wake(id)));
    try {
      for (const notice of answeredNotices(elsewhere)) await this.pubsub.publish(CHANNELS.leases, notice);
    } catch (error) {
      this.logger.debug(`agents were not told of their tasks: ${String(error)}`);
    }
  }
}
