import { Injectable } from '@nestjs/common';
import { Backoff } from '@app/resilience';
import { AgentRoster } from '../../agents';
import { TaskOutcomes } from '../lifecycle/task-outcomes';
import { PushRows, type PushTarget } from './push-rows';
import { type PushVerdict } from './push-verdict';

/** How long an agent that cannot be reached is left alone: 1, 2, 4 … 60 s, until it is reached. */
const UNREACHABLE = new Backoff({ initialMs: 1_000, maxMs: 60_000 });
/** Agents whose failures are remembered; one that is forgotten begins anew. */
const REMEMBERED_MAX = 10_000;

/** What an answer means for the task, and for the agent that gave it or did not. */
@Injectable()
export class PushConsequences {
  private readonly failures = new Map<string, number>();

  constructor(
    private readonly roster: AgentRoster,
    private readonly outcomes: TaskOutcomes,
    private readonly rows: PushRows,
  ) {}

  async follow(target: PushTarget, verdict: PushVerdict, latencyMs: number): Promise<void> {
    this.observe(target.agentId, verdict, latencyMs);
    const { taskId, leaseGen } = target;
    switch (verdict.kind) {
      case 'completed':
        await this.outcomes.settle([{ taskId, leaseGen, result: verdict.result }]);
        return;
      case 'failed':
        await this.outcomes.settle([{ taskId, leaseGen, error: verdict.error }]);
        return;
      case 'accepted':
        await this.rows.accepted(target);
        return;
      case 'closed':
        await this.handBack(target, verdict.forS * 1_000);
        return;
      case 'unreachable':
        await this.handBack(target, this.unreachableForMs(target.agentId));
        return;
      case 'unknown':
        await this.outcomes.lose([{ taskId, leaseGen, why: verdict.why }]);
    }
  }

  /** First the agent is closed, else it would be given the same task again at once. */
  private async handBack(target: PushTarget, closedMs: number): Promise<void> {
    await this.roster.close(target.agentId, new Date(Date.now() + closedMs));
    await this.outcomes.handBack([target]);
  }

  private observe(agentId: string, verdict: PushVerdict, latencyMs: number): void {
    const { kind } = verdict;
    if (kind === 'unreachable') {
      this.roster.observe([{ agentId, failed: true }]);
      return;
    }
    this.failures.delete(agentId);
    const failed = kind === 'unknown' || (kind === 'failed' && verdict.isAgentAtFault);
    this.roster.observe([{ agentId, failed, latencyMs }]);
    // Whoever answers lives, whatever it says.
    if (kind !== 'unknown') this.roster.touch(agentId);
  }

  private unreachableForMs(agentId: string): number {
    const before = this.failures.get(agentId) ?? 0;
    if (this.failures.size >= REMEMBERED_MAX) this.failures.clear();
    this.failures.set(agentId, before + 1);
    return UNREACHABLE.ceilingMs(before);
  }
}
