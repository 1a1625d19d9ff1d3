import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type AdvanceRunV1, PIPELINES_ADVANCE } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { type ConsumerState, QueueConsumer, QueueSet, UnrecoverableError } from '@app/queues';
import { RunEngine } from './run-engine';

/** Turns of different runs beside each other; those of one run wait for each other without a connection. */
const RUNS_AT_ONCE = 8;
const STOP_GRACE_MS = 10_000;

/** Looks at the runs that messages name. */
@Injectable()
export class AdvanceConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AdvanceConsumer.name);
  private readonly consumer: QueueConsumer;

  constructor(
    queues: QueueSet,
    private readonly engine: RunEngine,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: PIPELINES_ADVANCE,
      concurrency: RUNS_AT_ONCE,
      handle: (data) => this.handle(data),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer.stop(STOP_GRACE_MS);
  }

  state(): ConsumerState {
    return this.consumer.state();
  }

  async handle(data: unknown): Promise<void> {
    const { v, run_id: runId } = data as Partial<AdvanceRunV1>;
    if (v !== 1 || typeof runId !== 'string' || !isUuid(runId)) {
      this.logger.error(`a message on ${PIPELINES_ADVANCE} names no run`);
      throw new UnrecoverableError('no message of a known version');
    }
    await this.engine.advance(runId);
  }
}
