import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/database';
import { newId } from '@app/kernel';
import { PubSub, type Unsubscribe } from '@app/queues';
import { Gather } from '@app/resilience';
import { TooManyAsksError } from '../dispatch.errors';
import { AnswerBell } from '../answer-bell';
import { DispatchBell } from '../dispatch-bell';
import { AnswerRows, type AnswerTask } from '../persistence/answer-rows';
import { AskRows, type NewAsk } from '../persistence/ask-rows';
import { WaitingAsks } from './waiting-asks';

/** A lost notice costs this long. */
const POLL_EVERY_MS = 5_000;
/** In one process; each is a request that is held open. */
const WAITING_MAX = 5_000;
const BATCH_MAX = 200;
/** Whoever waits removes its question itself; one that stays longer belongs to a process that is gone. */
const GRACE_S = 5;

export interface AgentAsk {
  readonly agentId: string;
  readonly capabilities: readonly string[];
  readonly slots: number;
  readonly waitMs: number;
}

/** Agents that come and ask: each question stands in the database until it has its answer, or nobody waits for it any more. */
@Injectable()
export class AgentAsks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AgentAsks.name);
  private readonly waiting = new WaitingAsks();
  private readonly adding: Gather<NewAsk, true>;
  private readonly taking: Gather<string, readonly AnswerTask[]>;
  private unsubscribe: Unsubscribe | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    private readonly rows: AskRows,
    private readonly answers: AnswerRows,
    private readonly answered: AnswerBell,
    private readonly bell: DispatchBell,
    private readonly pubsub: PubSub,
  ) {
    const shared = {
      ...{ maxBatch: BATCH_MAX, maxWaiting: WAITING_MAX, isShared: isDatabaseUnavailable },
      refusal: () => new TooManyAsksError(),
    };
    this.adding = new Gather({ ...shared, run: (asks: readonly NewAsk[]) => this.addAll(asks) });
    this.taking = new Gather({ ...shared, run: (ids: readonly string[]) => this.takeAll(ids) });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.unsubscribe = await this.answered.onAnswer((id) => this.waiting.wake(id));
    this.pubsub.onReconnect(() => void this.poll());
    this.timer = setInterval(() => void this.poll(), POLL_EVERY_MS).unref();
  }

  /** Whoever waits is answered with what there is: an agent asks again elsewhere. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    this.waiting.wakeAll();
    await this.unsubscribe?.();
  }

  /**
   * What the agent was given, as soon as there is something, or nothing once the time is up. Whatever ends the waiting, the
   * question is withdrawn by the statement that reads its answer: nothing can be given to it that nobody has.
   */
  async ask(
    { agentId, capabilities, slots, waitMs }: AgentAsk,
    gone: AbortSignal,
  ): Promise<readonly AnswerTask[]> {
    if (this.waiting.size >= WAITING_MAX) throw new TooManyAsksError();
    const id = newId();
    const forS = Math.ceil(waitMs / 1_000) + GRACE_S;
    // It may be answered before this process knows that it is stored.
    const answered = this.waiting.wait({ id, agentId }, this.isStopping ? 0 : waitMs, gone);
    try {
      await this.adding.add({ ...{ id, agentId, capabilities, slots }, forS });
    } catch (error) {
      this.waiting.wake(id);
      throw error;
    }
    this.waiting.stored(id);
    this.bell.ring();
    await answered;
    return this.taking.add(id);
  }

  private async addAll(asks: readonly NewAsk[]): Promise<readonly true[]> {
    await this.rows.add(asks);
    return asks.map(() => true);
  }

  private async takeAll(ids: readonly string[]): Promise<readonly (readonly AnswerTask[])[]> {
    const given = await this.answers.take(ids);
    return ids.map((id) => given.get(id) ?? []);
  }

  private async poll(): Promise<void> {
    const { storedIds } = this.waiting;
    if (storedIds.length === 0) return;
    try {
      for (const id of await this.rows.ended(storedIds)) this.waiting.wake(id);
    } catch (error) {
      this.logger.debug(`answers were not looked for: ${String(error)}`);
    }
  }
}
