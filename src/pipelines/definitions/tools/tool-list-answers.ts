import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub, type Unsubscribe } from '@app/queues';
import { Semaphore, SingleFlight } from '@app/resilience';
import { ToolLists } from '../../../gateway';
import { ToolListRows } from './tool-list-rows';

const LOOKS_AT_ONCE = 8;
/** Questions beyond it are not answered; who asked uses what was seen before. */
const WAITING_MAX = 500;
const FAILURE_MAX = 500;

/** In a gateway: looks at a server when somebody asks, and writes down what it offers. */
@Injectable()
export class ToolListAnswers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ToolListAnswers.name);
  private readonly turns = new Semaphore(LOOKS_AT_ONCE, WAITING_MAX, 'Lists of tools');
  private readonly flights = new SingleFlight<string, void>();
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    private readonly lists: ToolLists,
    private readonly rows: ToolListRows,
    private readonly pubsub: PubSub,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.pubsub.subscribe(CHANNELS.toolLists, (question) => {
      this.answer(question).catch((error: unknown) => {
        this.logger.warn(`a list of tools was not kept: ${String(error)}`);
      });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unsubscribe?.();
  }

  private async answer(question: string): Promise<void> {
    const [workspaceId = '', instanceId = ''] = question.split(':');
    await this.flights.run(instanceId, () =>
      this.turns.run(async () => {
        const seen = await this.lists.of({ workspaceId }, instanceId);
        if ('failure' in seen) await this.rows.notSeen(instanceId, seen.failure.slice(0, FAILURE_MAX));
        else await this.rows.seen(instanceId, seen.tools);
      }),
    );
  }
}
