import { Injectable } from '@nestjs/common';
import { AgentRoster } from '../../agents';
import { TasksOptions } from '../tasks.options';
import { candidatesOf } from './matching/candidates-of';
import {
  limitsFor,
  type RunningGroup,
  runningByAgent,
  runningByWorkspace,
  type StoredLimit,
} from './matching/limits-of';
import { type Situation } from './matching/match-tasks';
import { type Candidate, type QueuedTask } from './matching/model';
import { AskRows } from './persistence/ask-rows';
import { LoadRows } from './persistence/load-rows';

/** Reads what decides who gets what. Joins the transaction that is open. */
@Injectable()
export class Situations {
  constructor(
    private readonly roster: AgentRoster,
    private readonly asks: AskRows,
    private readonly load: LoadRows,
    private readonly options: TasksOptions,
  ) {}

  /** All agents of the workspaces of these tasks, present or not. */
  async everybody(tasks: readonly QueuedTask[], nowMs: number): Promise<readonly Candidate[]> {
    const workspaces = new Set(
      tasks.filter(({ executor }) => executor === 'agent').map(({ workspaceId }) => workspaceId),
    );
    const agents = (await Promise.all([...workspaces].map((id) => this.roster.ofWorkspace(id)))).flat();
    const asks = agents.length === 0 ? [] : await this.asks.openOf(agents.map(({ id }) => id));
    return candidatesOf(agents, asks, nowMs);
  }

  async of(tasks: readonly QueuedTask[], agents: readonly Candidate[], nowMs: number): Promise<Situation> {
    const running = await this.load.running();
    const limits = await this.load.storedLimits(tasks);
    return this.made({ tasks, agents, running, limits, nowMs });
  }

  /** Out of what was read. */
  made({ tasks, agents, running, limits, nowMs }: Read): Situation {
    const held = runningByAgent(running);
    return {
      nowMs,
      agents: agents.map((agent) => ({ ...agent, running: held.get(agent.id) ?? 0 })),
      limits: limitsFor(tasks, running, limits, this.options.maxConcurrentTasks),
      runningByWorkspace: runningByWorkspace(running),
    };
  }
}

interface Read {
  readonly tasks: readonly QueuedTask[];
  readonly agents: readonly Candidate[];
  readonly running: readonly RunningGroup[];
  readonly limits: readonly StoredLimit[];
  readonly nowMs: number;
}
