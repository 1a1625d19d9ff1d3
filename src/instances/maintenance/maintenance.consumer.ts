import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { MAINTENANCE, type MaintenanceTask, type MaintenanceV1, type RestartUsersV1 } from '@app/contracts';
import { type ConsumerState, QueueConsumer, QueueSet, scheduleEvery, UnrecoverableError } from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';
import { RestartUsers } from './restart-users';
import { Retention } from './retention';
import { InstanceSweep } from './sweep';

/** With the time of a look well below the 30 s in which all is to be as it is wanted. */
const SWEEP_EVERY_MS = 20_000;
const RETENTION_EVERY_MS = 10 * 60_000;
const STOP_GRACE_MS = 5_000;

/** Housekeeping: every worker offers to send the tasks, one message per period gets through, one worker takes it. */
@Injectable()
export class MaintenanceConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(MaintenanceConsumer.name);
  private readonly consumer: QueueConsumer;
  private stops: (() => void)[] = [];

  constructor(
    private readonly queues: QueueSet,
    private readonly sweep: InstanceSweep,
    private readonly retention: Retention,
    private readonly users: RestartUsers,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: MAINTENANCE,
      concurrency: 1,
      handle: (data) => this.handle(data),
    });
  }

  onApplicationBootstrap(): void {
    this.consumer.start();
    this.stops = [
      this.schedule('sweep-instances', SWEEP_EVERY_MS),
      this.schedule('retention', RETENTION_EVERY_MS),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const stop of this.stops) stop();
    await this.consumer.stop(STOP_GRACE_MS);
  }

  state(): ConsumerState {
    return this.consumer.state();
  }

  async handle(data: unknown): Promise<void> {
    if ((data as Partial<MaintenanceV1>).v !== 1)
      throw new UnrecoverableError(`not a message of ${MAINTENANCE} of a known version`);
    await requestContext.run(systemScope(`maintenance`), () => this.run(data as MaintenanceV1));
  }

  private async run(message: MaintenanceV1): Promise<void> {
    switch (message.task) {
      case 'sweep-instances':
        await this.sweep.run();
        return;
      case 'retention':
        await this.retention.run();
        return;
      case 'restart-users':
        await this.users.run(message as RestartUsersV1);
        return;
      case 'canary':
        return;
      default:
        this.logger.error(`unknown maintenance task ${String(message.task)}`);
        throw new UnrecoverableError('unknown maintenance task');
    }
  }

  private schedule(task: MaintenanceTask, everyMs: number): () => void {
    const data: MaintenanceV1 = { v: 1, task };
    return scheduleEvery(this.queues, { queue: MAINTENANCE, id: task, everyMs, data });
  }
}
