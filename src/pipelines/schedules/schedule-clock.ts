import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LookOut } from '@app/outbox';
import { PubSub } from '@app/queues';
import { DueSchedules } from './due-schedules';
import { ScheduleRows } from './schedule-rows';

/** Schedules that one look deals with; the rest is due at the next one. */
const TURNS_MAX = 200;

/**
 * In every worker: starts what is due. Who claims a slot does not matter, so that nobody has to be elected. What makes one due
 * but the time, a new schedule or the end of a run, is an event.
 */
@Injectable()
export class ScheduleClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ScheduleClock.name);
  private readonly lookOut: LookOut;
  private isStopped = false;

  constructor(
    private readonly due: DueSchedules,
    private readonly rows: ScheduleRows,
    pubsub: PubSub,
  ) {
    this.lookOut = new LookOut({
      ...{ name: 'pipeline-schedules', pubsub, look: () => this.look() },
      onFailure: (error) => {
        this.logger.warn(`schedules were not looked at: ${String(error)}`);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.lookOut.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    await this.lookOut.stop();
  }

  private async look(): Promise<number | undefined> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      const { dueMs, isWaiting } = await this.rows.outlook();
      const isDue = isWaiting || (dueMs !== null && dueMs <= 0);
      if (!isDue || this.isStopped || !(await this.due.turn())) return dueMs ?? undefined;
    }
    return 0;
  }
}
