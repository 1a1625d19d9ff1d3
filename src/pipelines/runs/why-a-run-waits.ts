import { Injectable } from '@nestjs/common';
import { type Scope } from '@app/kernel';
import { TaskQueries } from '../../tasks';
import { isOver } from '../engine/run-state';
import { type RunSummary, type StageView } from './run-view';

/** Stages of which it is said what they wait for; of the others, how many there are. */
const TOLD_MAX = 3;

/** Says in one sentence what a run waits for. */
@Injectable()
export class WhyARunWaits {
  constructor(private readonly tasks: TaskQueries) {}

  async explain(scope: Scope, run: RunSummary, stages: readonly StageView[]): Promise<string | null> {
    if (isOver(run.status)) return null;
    if (run.status === 'pending') return 'A worker has to begin it.';
    const open = stages.filter(({ status }) => WAITS.has(status));
    const told: string[] = [];
    for (const stage of open.slice(0, TOLD_MAX)) {
      const reason = await this.ofStage(scope, stage);
      // What runs makes the run wait for nothing but its end.
      if (reason === undefined) return null;
      told.push(`Stage "${stage.name}" ${reason}`);
    }
    const more = open.length - told.length;
    if (told.length === 0) return null;
    return more > 0 ? `${told.join(' ')} So do ${String(more)} more.` : told.join(' ');
  }

  private async ofStage(scope: Scope, stage: StageView): Promise<string | undefined> {
    if (stage.status === 'waiting_approval')
      return `waits for somebody to approve or reject it${until(stage.dueAt)}.`;
    if (stage.status === 'retrying')
      return `is tried again${stage.dueAt === null ? '' : ` at ${stage.dueAt.toISOString()}`}.`;
    if (stage.childRunId !== null) return `waits for the end of run ${stage.childRunId}.`;
    if (stage.taskId === null) return undefined;
    const { waitingFor } = await this.tasks.get(scope, stage.taskId);
    return waitingFor === null ? undefined : `waits with its task: ${waitingFor}`;
  }
}

const WAITS: ReadonlySet<string> = new Set(['running', 'retrying', 'waiting_approval']);

const until = (dueAt: Date | null): string => (dueAt === null ? '' : `, until ${dueAt.toISOString()}`);
