import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { requestContext, systemScope } from '@app/telemetry';
import { RunEngine } from './run-engine';
import { RunRows } from './run-rows';

/** Retries and deadlines are late by this much at most. */
const DUE_EVERY_MS = 1_000;
/** How late a message that was lost makes a run. */
const FORGOTTEN_EVERY_MS = 5_000;
const FORGOTTEN_AFTER_S = 5;

/**
 * What no message tells: that time has passed, and that a message was lost. Every worker does it; of two that find the same run
 * the second one finds nothing left to do.
 */
@Injectable()
export class RunClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RunClock.name);
  private timers: readonly NodeJS.Timeout[] = [];
  private readonly looks = new Set<Promise<void>>();
  private isAway = false;

  constructor(
    private readonly rows: RunRows,
    private readonly engine: RunEngine,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [
      this.every(DUE_EVERY_MS, () => this.lookAtDue()),
      this.every(FORGOTTEN_EVERY_MS, () => this.lookAtForgotten()),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.looks);
  }

  async lookAtDue(): Promise<void> {
    await this.advance(await this.rows.due());
  }

  async lookAtForgotten(afterS: number = FORGOTTEN_AFTER_S): Promise<void> {
    await this.advance(await this.rows.forgotten(afterS));
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

  /** A look that takes longer than the period is not overtaken by the next. */
  private every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    let current: Promise<void> | undefined;
    return setInterval(() => {
      if (current !== undefined) return;
      const look = this.quietly(work).finally(() => {
        current = undefined;
        this.looks.delete(look);
      });
      current = look;
      this.looks.add(look);
    }, ms).unref();
  }

  /** Said once for each outage: the next look finds everything that this one did not. */
  private async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await requestContext.run(systemScope('run-clock'), work);
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.logger.warn(`runs are not looked at: ${String(error)}`);
      this.isAway = true;
    }
  }
}
