import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PubSub } from '@app/queues';
import { Backoff, pause } from '@app/resilience';
import { requestContext, systemScope } from '@app/telemetry';
import { InstanceSweep } from './sweep';

const AGAIN = { initialMs: 500, maxMs: 5_000 };

/** A sweep out of turn: at the start, and whenever a store comes back, since messages may have gone with it. */
@Injectable()
export class RecoverySweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RecoverySweep.name);
  private readonly stopping = new AbortController();
  private isDue = false;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly sweep: InstanceSweep,
    private readonly pubsub: PubSub,
  ) {}

  onApplicationBootstrap(): void {
    this.pubsub.onReconnect(() => {
      this.soon();
    });
    this.soon();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.sweeping;
  }

  /** Never throws. One at a time; what is asked for meanwhile becomes one more. */
  soon(): void {
    this.isDue = true;
    this.sweeping ??= requestContext
      .run(systemScope('recovery'), () => this.sweepAll())
      .finally(() => (this.sweeping = undefined));
  }

  private async sweepAll(): Promise<void> {
    const backoff = new Backoff(AGAIN);
    while (this.isDue && !this.stopping.signal.aborted) {
      this.isDue = false;
      try {
        await this.sweep.run();
      } catch (error) {
        // One store is back and the other is not.
        this.logger.debug(`the sweep waits: ${String(error)}`);
        this.isDue = true;
        await pause(backoff.nextMs(), this.stopping.signal).catch(() => undefined);
      }
    }
  }
}
