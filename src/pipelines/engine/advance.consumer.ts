import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type AdvanceRunV1, CHANNELS, PIPELINES_ADVANCE } from '@app/contracts';
import { isUuid } from '@app/kernel';
import {
  type ConsumerState,
  PubSub,
  QueueConsumer,
  QueueSet,
  UnrecoverableError,
  type Unsubscribe,
} from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';
import { RunBell } from '../../tasks';
import { RunEngine } from './run-engine';

/** Turns of different runs beside each other; those of one run wait for each other without a connection. */
const RUNS_AT_ONCE = 8;
const STOP_GRACE_MS = 10_000;

/** Runs that are looked at before their message has come; the others wait for it. */
const HURRIED_MAX = 8;

/** Looks at the runs that messages name. */
@Injectable()
export class AdvanceConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AdvanceConsumer.name);
  private readonly consumer: QueueConsumer;
  private readonly hurried = new Set<Promise<void>>();
  private unhear: () => void = () => undefined;
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    queues: QueueSet,
    private readonly engine: RunEngine,
    private readonly bell: RunBell,
    private readonly pubsub: PubSub,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: PIPELINES_ADVANCE,
      concurrency: RUNS_AT_ONCE,
      handle: (data) => this.handle(data),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.consumer.start();
    this.unhear = this.bell.onRing((runIds) => {
      this.hurryEach(runIds, (id) => this.engine.advance(id));
    });
    this.unsubscribe = await this.pubsub.subscribe(CHANNELS.runs, (notice) => {
      // Each worker hears it, and the first one moves the run.
      this.hurryEach(notice.split(',').filter(isUuid), (id) => this.engine.advanceIfDue(id));
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unhear();
    await this.unsubscribe?.();
    await Promise.all([this.consumer.stop(STOP_GRACE_MS), ...this.hurried]);
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
    await this.engine.advanceIfDue(runId);
  }

  private hurryEach(runIds: readonly string[], move: (id: string) => Promise<void>): void {
    for (const id of runIds) if (this.hurried.size < HURRIED_MAX) this.hurry(id, move);
  }

  /** Whatever goes wrong, the message comes as well. */
  private hurry(runId: string, move: (id: string) => Promise<void>): void {
    const moved = requestContext
      .run(systemScope('runs'), () => move(runId))
      .catch((error: unknown) => {
        this.logger.debug(`run ${runId} waits for its message: ${String(error)}`);
      })
      .finally(() => this.hurried.delete(moved));
    this.hurried.add(moved);
  }
}
