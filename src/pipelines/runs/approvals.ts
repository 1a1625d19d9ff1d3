import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { actorOf, type Principal, requestContext } from '@app/telemetry';
import { type ApprovalRunner } from '../definitions';
import { type RunEvent } from '../engine/decide';
import { RunEngine } from '../engine/run-engine';
import { stageEvent } from '../engine/run-events';
import { ApproverNotNamedError, StageNotWaitingError } from '../engine/run.errors';
import { type Outcome } from '../engine/run-state';
import { type StageRow, StageRows } from '../engine/stage-rows';
import { type Turn } from '../engine/turn';
import { RunAccess } from './run-access';
import { RunStages } from './run-stages';

export interface StageDecision {
  readonly decision: 'approved' | 'rejected';
  readonly comment: string;
}

/** People who let a run go on, or end it. */
@Injectable()
export class Approvals {
  constructor(
    private readonly db: Database,
    private readonly access: RunAccess,
    private readonly stages: RunStages,
    private readonly rows: StageRows,
    private readonly engine: RunEngine,
  ) {}

  /** The decision, what it ends and what it sets free are one transaction. */
  async decide(principal: Principal, runId: string, stage: string, what: StageDecision): Promise<void> {
    const run = await this.access.demand(principal, 'pipelines:approve', runId);
    const { id, position, name, status } = await this.stages.find(run.id, stage);
    if (status !== 'waiting_approval') throw new StageNotWaitingError(name, status);
    const isDecided = await this.engine.happen(run.id, async (turn) => {
      // Read again with the run's row held: somebody may have been quicker.
      const row = await this.rows.find(run.id, position);
      if (row?.status !== 'waiting_approval') throw new StageNotWaitingError(name, row?.status ?? status);
      demandNamed(principal, turn, row);
      await this.write(principal, id, what);
      return eventOf(turn, row, { ...what, by: principal.name });
    });
    if (!isDecided) throw new StageNotWaitingError(name, 'no longer waiting');
  }

  private async write(principal: Principal, stageRunId: string, what: StageDecision): Promise<void> {
    await this.db.execute(
      `INSERT INTO stage_approval (stage_run_id, decision, comment, decided_by, decided_by_name) VALUES ($1, $2, $3, $4, $5)`,
      [stageRunId, what.decision, what.comment, actorOf(requestContext.get()), principal.name],
    );
  }
}

/** Where the stage names nobody, whoever may approve this pipeline may. */
function demandNamed(principal: Principal, turn: Turn, row: StageRow): void {
  const approvers = (turn.pieceOf(row).runs as ApprovalRunner).approvers ?? [];
  if (approvers.length === 0) return;
  const { role, userId, id, name, kind } = principal;
  const users = kind === 'user' ? [id, name, ...(userId === undefined ? [] : [userId])] : [userId ?? id];
  const own = [`role:${role}`, ...users.map((user) => `user:${user}`)];
  if (!approvers.some((approver) => own.includes(approver)))
    throw new ApproverNotNamedError(row.name, approvers);
}

function eventOf(
  turn: Turn,
  row: StageRow,
  { decision, comment, by }: StageDecision & { by: string },
): RunEvent {
  turn.note((facts) => stageEvent(decision, facts, { ...row, decidedBy: by }));
  const outcome: Outcome =
    decision === 'approved'
      ? { kind: 'completed', output: { approved: true, by, comment } }
      : {
          ...{ kind: 'failed', isRetryable: false },
          error: {
            code: 'approval_rejected',
            message: `${by} rejected it${comment === '' ? '.' : `: ${comment}`}`,
          },
        };
  return { kind: 'ended', stages: [{ stage: turn.stageOf(row), outcome }] };
}
