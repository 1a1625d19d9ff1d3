import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type CallToolV1, TASKS_TOOLS } from '@app/contracts';
import { isUuid } from '@app/kernel';
import { type ConsumerState, QueueConsumer, QueueSet, UnrecoverableError } from '@app/queues';
import { pause } from '@app/resilience';
import { type LeasedTask, TaskLeases, TaskOutcomes } from '../../tasks';
import { type CallOutcome, failure } from './call-outcome';
import { ToolStage } from './tool-stage';

const CALLS_AT_ONCE = 32;
const STOP_GRACE_MS = 20_000;
/** Two renewals may fail before the lease ends. */
const RENEW_EVERY_MS = 10_000;
const LEASE_S = 30;
/** With the pauses between them these bridge an outage of the database of about a minute. */
const SETTLE_TRIES = 30;
const SETTLE_PAUSE_MS = 2_000;

/** Takes tool calls off their queue, in a gateway: there the sessions with the servers are. */
@Injectable()
export class ToolTaskConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ToolTaskConsumer.name);
  private readonly consumer: QueueConsumer;

  constructor(
    queues: QueueSet,
    private readonly leases: TaskLeases,
    private readonly outcomes: TaskOutcomes,
    private readonly stage: ToolStage,
  ) {
    this.consumer = new QueueConsumer(queues.backend, {
      sender: queues,
      queue: TASKS_TOOLS,
      concurrency: CALLS_AT_ONCE,
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

  /** A second delivery finds the lease begun, and does nothing. */
  async handle(data: unknown): Promise<void> {
    const { v, task_id: taskId, lease_gen: leaseGen } = data as Partial<CallToolV1>;
    if (v !== 1 || typeof taskId !== 'string' || !isUuid(taskId) || typeof leaseGen !== 'number') {
      this.logger.error(`a message on ${TASKS_TOOLS} names no task`);
      throw new UnrecoverableError('no message of a known version');
    }
    const task = await this.leases.begin(taskId, leaseGen);
    if (task !== undefined) await this.carryOut(task);
  }

  private async carryOut(task: LeasedTask): Promise<void> {
    const stop = new AbortController();
    const renewal = setInterval(() => {
      this.renew(task, stop).catch((error: unknown) => {
        this.logger.warn(`the lease of task ${task.taskId} was not renewed: ${String(error)}`);
      });
    }, RENEW_EVERY_MS);
    try {
      const outcome = await this.stage.carryOut(task, stop.signal);
      await this.settle(task, outcomeAfter(stop.signal, outcome));
    } finally {
      clearInterval(renewal);
    }
  }

  /** Also how a cancel arrives. */
  private async renew(task: LeasedTask, stop: AbortController): Promise<void> {
    const toStop = await this.leases.renew([task], LEASE_S);
    if (toStop.includes(task.taskId)) stop.abort(new Error('the task is to be stopped'));
  }

  /** What became of a call is known to nobody else: it is worth waiting for the database. */
  private async settle({ taskId, leaseGen }: LeasedTask, outcome: CallOutcome): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.outcomes.settle([{ taskId, leaseGen, ...outcome }]);
        return;
      } catch (error) {
        if (tries >= SETTLE_TRIES) throw error;
        await pause(SETTLE_PAUSE_MS);
      }
    }
  }
}

/** What completed before it could be stopped has completed. */
const outcomeAfter = ({ aborted }: AbortSignal, outcome: CallOutcome): CallOutcome =>
  aborted && 'error' in outcome
    ? { error: failure('cancelled', `It was stopped: ${outcome.error.message}`, false) }
    : outcome;
