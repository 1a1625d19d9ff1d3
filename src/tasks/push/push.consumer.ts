import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type DispatchTaskV1, TASKS_DISPATCH } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { type ConsumerState, QueueConsumer, QueueSet, UnrecoverableError } from '@app/queues';
import { TaskPush } from './task-push';

/** Each waits for one agent's answer, for a minute at most; what waits behind them for long is handed back. */
const AT_ONCE = 64;
const STOP_GRACE_MS = 10_000;

/** Takes off the queue which tasks have to be carried to their agents. */
@Injectable()
export class PushConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly consumer: QueueConsumer;

  constructor(
    queues: QueueSet,
    private readonly push: TaskPush,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: TASKS_DISPATCH,
      concurrency: AT_ONCE,
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
    if (!isDispatchTask(data))
      throw new UnrecoverableError(`not a message of ${TASKS_DISPATCH} of a known version`);
    await this.push.look(data.task_id);
  }
}

function isDispatchTask(data: unknown): data is DispatchTaskV1 {
  const { v, task_id: taskId } = (data ?? {}) as Partial<Record<keyof DispatchTaskV1, unknown>>;
  return v === 1 && typeof taskId === 'string' && isUuid(taskId);
}
