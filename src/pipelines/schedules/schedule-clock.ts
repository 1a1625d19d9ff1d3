import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { requestContext, systemScope } from '@app/telemetry';
import { DueSchedules } from './due-schedules';

const LOOK_EVERY_MS = 1_000;
/** Schedules that one look deals with; the rest is due at the next one. */
const TURNS_MAX = 200;

/** In every worker: starts what is due. Who claims a slot does not matter, so that nobody has to be elected. */
@Injectable()
export class ScheduleClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ScheduleClock.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly due: DueSchedules) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    }, LOOK_EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      for (let turn = 0; turn < TURNS_MAX && !this.isStopped; turn += 1) if (!(await this.turn())) return;
    } catch (error) {
      // The next look is a second away.
      this.logger.warn(`schedules were not looked at: ${String(error)}`);
    }
  }

  private turn(): Promise<boolean> {
    return requestContext.run(systemScope('pipeline-schedules'), () => this.due.turn());
  }
}
