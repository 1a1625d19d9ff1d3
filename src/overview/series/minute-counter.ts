import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { MinuteRows } from './minute-rows';

const EVERY_MS = 15_000;

/** Counts what charts are drawn from. Every worker tries; one at a time does. */
@Injectable()
export class MinuteCounter implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(MinuteCounter.name);
  private timer: NodeJS.Timeout | undefined;
  private counting: Promise<void> | undefined;
  private isFailing = false;

  constructor(private readonly rows: MinuteRows) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // A count that hangs is not joined by another one.
      this.counting ??= this.count().finally(() => (this.counting = undefined));
    }, EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.counting;
  }

  private async count(): Promise<void> {
    try {
      await this.rows.count();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`minutes are not counted: ${String(error)}`);
      this.isFailing = true;
    }
  }
}
