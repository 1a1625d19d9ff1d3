import { Injectable } from '@nestjs/common';
import { AgentWork, type HeldTasks } from '../../agents';
import { WorkRows } from '../persistence/work-rows';
import { TaskOutcomes } from './task-outcomes';

/** The tasks' side of the agents' port. */
@Injectable()
export class TaskAgentWork extends AgentWork {
  constructor(
    private readonly rows: WorkRows,
    private readonly outcomes: TaskOutcomes,
  ) {
    super();
  }

  async runningOf(agentIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (agentIds.length === 0) return new Map();
    return new Map((await this.rows.running(agentIds)).map(({ agentId, count }) => [agentId, count]));
  }

  async toCancel(agentIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (agentIds.length === 0) return new Map();
    return new Map((await this.rows.toCancel(agentIds)).map(({ agentId, ids }) => [agentId, ids]));
  }

  async forgotten(said: readonly HeldTasks[]): Promise<void> {
    if (said.length === 0) return;
    const leases = await this.rows.forgotten(said);
    const why = 'The agent says what it works at, and does not name this task.';
    await this.outcomes.lose(leases.map((lease) => ({ ...lease, why })));
  }
}
