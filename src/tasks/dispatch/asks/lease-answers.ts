import { Injectable, Logger } from '@nestjs/common';
import { AgentDirectory, AgentRoster } from '../../../agents';
import { HeldRequests } from '../../../identity';
import { type Principal } from '@app/telemetry';
import { LeaseTokens } from '../../lifecycle/lease-tokens';
import { TaskOutcomes } from '../../lifecycle/task-outcomes';
import { type AnswerTask } from '../persistence/answer-rows';
import { type AgentAsk, AgentAsks } from './agent-asks';

/** Also whoever does not want to wait is given what one look finds: without any time nobody could have looked. */
const LOOK_MS = 500;

export interface LeaseAsk {
  readonly max: number;
  readonly waitS: number;
  readonly capabilities: readonly string[];
}

export interface LeaseGrant extends AnswerTask {
  readonly leaseToken: string;
}

/** Answers an agent that asks for work, and takes back what it was given if the answer does not leave. */
@Injectable()
export class LeaseAnswers {
  private readonly logger = new Logger(LeaseAnswers.name);

  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly directory: AgentDirectory,
    private readonly roster: AgentRoster,
    private readonly asks: AgentAsks,
    private readonly tokens: LeaseTokens,
    private readonly outcomes: TaskOutcomes,
    private readonly held: HeldRequests,
  ) {}

  async answer(
    principal: Principal,
    idOrName: string,
    { max, waitS, capabilities }: LeaseAsk,
    gone: AbortSignal,
  ): Promise<readonly LeaseGrant[]> {
    const agentId = await this.directory.idOfWorker(principal, idOrName);
    this.roster.touch(agentId);
    const waitMs = Math.max(LOOK_MS, waitS * 1_000);
    const tasks = await this.waitFor({ agentId, capabilities, slots: max, waitMs }, gone);
    // The answer may be on its way when the connection ends: what did not leave whole was not given.
    gone.addEventListener('abort', () => {
      this.takeBack(tasks);
    });
    return tasks.map((task) => ({ ...task, leaseToken: this.tokens.of(task.taskId, task.leaseGen) }));
  }

  /** Nothing for whoever hung up, or is no agent of ours any more. */
  private async waitFor(ask: AgentAsk, gone: AbortSignal): Promise<readonly AnswerTask[]> {
    const over = new AbortController();
    const end = (): void => {
      over.abort();
    };
    gone.addEventListener('abort', end);
    const release = this.held.hold('agents:work', end);
    try {
      const tasks = await this.asks.ask(ask, over.signal);
      if (!over.signal.aborted && !gone.aborted) return tasks;
      this.takeBack(tasks);
      return [];
    } finally {
      gone.removeEventListener('abort', end);
      release();
    }
  }

  /** If this fails too, the agent does not name them in its heartbeat, or their time runs out. */
  private takeBack(tasks: readonly AnswerTask[]): void {
    if (tasks.length === 0) return;
    this.outcomes.handBack(tasks).catch((error: unknown) => {
      this.logger.warn(
        `${tasks.length} tasks of an agent that hung up were not taken back: ${String(error)}`,
      );
    });
  }
}
