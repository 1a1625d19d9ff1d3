import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { requestContext, systemScope } from '@app/telemetry';
import { TaskOutcomes } from '../lifecycle/task-outcomes';
import { ANSWER_WITHIN_MS } from '../push/push-client';
import { PushRows } from '../push/push-rows';
import { AskRows } from './persistence/ask-rows';

const LOOK_EVERY_MS = 5_000;
/** Whoever waits for an answer removes its question itself, and long before. */
const FORGOTTEN_AFTER_S = 5;
/** Before the lease itself passes, which would count as an attempt. */
const UNDELIVERED_AFTER_S = 20;
const UNANSWERED_AFTER_S = ANSWER_WITHIN_MS / 1_000 + 15;

/**
 * Takes back what was given and never arrived: the process that held an agent's question open is gone, a message was lost, or
 * whoever sent it is gone before there was an answer. Only in the last case the agent may have it.
 */
@Injectable()
export class LostLeases implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LostLeases.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly db: Database,
    private readonly asks: AskRows,
    private readonly pushes: PushRows,
    private readonly outcomes: TaskOutcomes,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= requestContext
        .run(systemScope('dispatch'), () => this.lookQuietly())
        .finally(() => (this.looking = undefined));
    }, LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Nearly always nobody works and nobody asks in vain. */
  private async lookIfAny(): Promise<void> {
    if (await this.asks.isAnythingOpen()) await this.look();
  }

  async look(): Promise<void> {
    await this.db.transaction(async () => {
      await this.outcomes.handBack(await this.asks.takeForgotten(FORGOTTEN_AFTER_S));
    });
    await this.outcomes.handBack(await this.pushes.undelivered(UNDELIVERED_AFTER_S));
    const unanswered = await this.pushes.unanswered(UNANSWERED_AFTER_S);
    const why = 'Whoever sent it to the agent ended before there was an answer.';
    await this.outcomes.lose(unanswered.map((lease) => ({ ...lease, why })));
  }

  /** The next look comes anyway. */
  private async lookQuietly(): Promise<void> {
    try {
      await this.lookIfAny();
    } catch (error) {
      this.logger.debug(`lost leases were not looked for: ${String(error)}`);
    }
  }
}
