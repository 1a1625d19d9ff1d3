import { Injectable } from '@nestjs/common';
import { AgentRoster } from '../../agents';
import { DispatchBell } from '../dispatch/dispatch-bell';
import { isFinished } from '../domain/task';
import { type Change } from '../persistence/change-rows';
import { RunBell } from './run-bell';
import { TaskMetrics } from './task-metrics';

/** What speaks well or ill of an agent. */
const ILL: ReadonlySet<string> = new Set(['failed', 'lost', 'timed_out']);
const TELLING: ReadonlySet<string> = new Set([...ILL, 'completed']);

/** Those in this process who want to hear of what became of tasks, once it is true. */
@Injectable()
export class ChangeHearers {
  constructor(
    private readonly bell: DispatchBell,
    private readonly runs: RunBell,
    private readonly roster: AgentRoster,
    private readonly metrics: TaskMetrics,
  ) {}

  /** A slot may be free, or something due again. */
  tell(changes: readonly Change[]): void {
    this.bell.ring();
    this.runs.ring(
      changes.flatMap(({ task: { runId }, transition }) =>
        runId !== null && isFinished(transition.status) ? [runId] : [],
      ),
    );
    for (const { task, transition } of changes) this.metrics.count(task, transition);
    this.roster.observe(
      changes.flatMap(({ task: { assignedAgent: agentId }, transition: { lease } }) =>
        agentId === null || lease === null || !TELLING.has(lease.outcome)
          ? []
          : [{ agentId, failed: ILL.has(lease.outcome) }],
      ),
    );
  }
}
