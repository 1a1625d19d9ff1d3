import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { LookOut } from '@app/outbox';
import { PubSub } from '@app/queues';
import { RunEngine } from './run-engine';
import { RunRows } from './run-rows';

/** How late a message that was lost makes a run. */
const FORGOTTEN_EVERY_MS = 5_000;
const FORGOTTEN_AFTER_S = 5;

/**
 * What no message tells: that time has passed, and that a message was lost. Every worker does it; of two that find the same run
 * the second one finds nothing left to do. As long as no run is open nothing can be forgotten.
 */
@Injectable()
export class RunClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RunClock.name);
  private readonly lookOut: LookOut;
  private soughtAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly rows: RunRows,
    private readonly engine: RunEngine,
    pubsub: PubSub,
  ) {
    this.lookOut = new LookOut({
      ...{ name: 'run-clock', pubsub, look: () => this.look() },
      onFailure: (error) => {
        this.logger.warn(`runs are not looked at: ${String(error)}`);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.lookOut.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.lookOut.stop();
  }

  async lookAtDue(): Promise<void> {
    await this.advance(await this.rows.due());
  }

  async lookAtForgotten(afterS: number = FORGOTTEN_AFTER_S): Promise<void> {
    await this.advance(await this.rows.forgotten(afterS));
  }

  private async look(): Promise<number | undefined> {
    const { dueMs, isAnyOpen } = await this.rows.outlook();
    if (dueMs !== null && dueMs <= 0) {
      await this.lookAtDue();
      return 0;
    }
    const untilSearchMs = this.soughtAtMs + FORGOTTEN_EVERY_MS - performance.now();
    if (!isAnyOpen || untilSearchMs > 0)
      return Math.min(dueMs ?? Infinity, isAnyOpen ? untilSearchMs : Infinity);
    this.soughtAtMs = performance.now();
    await this.lookAtForgotten();
    return Math.min(dueMs ?? Infinity, FORGOTTEN_EVERY_MS);
  }

  /** One that fails must not keep the others from their turn; it is found again. */
  private async advance(runIds: readonly string[]): Promise<void> {
    for (const id of runIds) {
      try {
        await this.engine.advance(id);
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        this.logger.error(`run ${id} does not go on: ${String(error)}`);
      }
    }
  }
}
