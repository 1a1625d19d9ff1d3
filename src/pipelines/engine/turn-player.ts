import { Injectable } from '@nestjs/common';
import { PipelineVersions } from '../definitions';
import { NOT_REACHED, type RunEvent, type StageChange } from './decide';
import { type LockedRun } from './run-rows';
import { RunStore } from './run-store';
import { isOver, type Plan, type StageError } from './run-state';
import { StageEnds } from './stage-ends';
import { neededBy, planOf } from './stage-plan';
import { type StageRow, StageRows, type StageWrite } from './stage-rows';
import { type Handed, StageWork } from './stage-work';
import { Turn } from './turn';

export interface TurnOptions {
  /** At most so many stages are begun at a time. 1: and then the turn ends. */
  readonly starts: number;
  /** What has just happened. */
  readonly first?: RunEvent;
  /** Why the next stage cannot be begun. */
  readonly refusal?: StageError;
}

/** Attempts whose end is taken in at a time. */
const ENDS_MAX = 200;
/** After so many waves of skipped stages the transaction ends; the next one goes on. */
const ROUNDS_MAX = 50;
/** Stages that are begun in one statement, where nothing says otherwise. */
export const STARTS_MAX = 200;

/** Plays a turn: reads what happened, lets it be decided, stores it, until nothing follows any more. Inside a transaction. */
@Injectable()
export class TurnPlayer {
  constructor(
    private readonly runs: RunStore,
    private readonly stages: StageRows,
    private readonly ends: StageEnds,
    private readonly work: StageWork,
    private readonly versions: PipelineVersions,
  ) {}

  async open(run: LockedRun): Promise<Turn> {
    return new Turn(run, await this.versions.pinned(run.pipelineId, run.version));
  }

  /** Answers whether there is more to do. */
  async play(turn: Turn, options: TurnOptions): Promise<boolean> {
    if (options.first !== undefined) await this.apply(turn, options.first);
    let hasMore = await this.takeEnds(turn);
    for (let rounds = 0; ; rounds += 1) {
      if (turn.halts) hasMore = await this.stop(turn);
      if (!(await this.beginNext(turn, options))) break;
      if (options.starts > 1 && rounds < ROUNDS_MAX) continue;
      hasMore = true;
      break;
    }
    turn.conclude(hasMore);
    await this.runs.save(turn);
    return hasMore;
  }

  /** Answers whether something may follow from it at once. */
  private async beginNext(turn: Turn, options: TurnOptions): Promise<boolean> {
    const begun = await this.beginReady(turn, options);
    if (begun === 'some') return true;
    if (begun === 'all') return turn.halts || turn.owesCompensation;
    if (!turn.owesCompensation) return false;
    await this.beginCompensation(turn);
    return true;
  }

  private async takeEnds(turn: Turn): Promise<boolean> {
    const over = await this.stages.over(turn.run.id, ENDS_MAX);
    if (over.length === 0) return false;
    // What is neither over nor a task is overdue.
    for (const { child_run_id: inner, run_over: hasEnded } of over)
      if (inner !== null && !hasEnded) await this.cancelInner(inner, TOO_LATE);
    const outcomes = await this.ends.outcomesOf(over);
    const stages = over.flatMap((row) => {
      const outcome = outcomes.get(row.id);
      return outcome === undefined ? [] : [{ stage: turn.stageOf(row), outcome }];
    });
    await this.apply(turn, { kind: 'ended', stages });
    return over.length === ENDS_MAX;
  }

  /** `all`: everything that was ready is under way, so that nothing follows from it yet. */
  private async beginReady(turn: Turn, { starts, refusal }: TurnOptions): Promise<'none' | 'some' | 'all'> {
    const ready = await this.stages.ready(turn.run.id, starts);
    if (ready.length === 0) return 'none';
    const plans =
      refusal === undefined
        ? await this.plansOf(turn, ready)
        : ready.map((): Plan => ({ kind: 'fault', error: refusal }));
    const stages = ready.map((row, place) => ({
      stage: turn.stageOf(row),
      plan: plans[place] ?? { kind: 'skip', reason: '' },
    }));
    const changes = await this.apply(turn, { kind: 'ready', stages });
    const areUnderWay = changes.every(({ to }) => to === 'running' || to === 'waiting_approval');
    return areUnderWay && ready.length < starts ? 'all' : 'some';
  }

  /** What the stages have to know of others is read at once. */
  private async plansOf(turn: Turn, rows: readonly StageRow[]): Promise<readonly Plan[]> {
    const pieces = rows.map((row) => turn.pieceOf(row));
    const names = [...new Set(pieces.flatMap(neededBy))];
    const { input, parameters, id } = turn.run;
    const stages = await this.stages.outcomes(id, names);
    return pieces.map((piece) => planOf(piece, { input, parameters, stages }));
  }

  private async apply(turn: Turn, event: RunEvent): Promise<readonly StageChange[]> {
    const { changes, released } = turn.take(event);
    const begun = changes.filter(({ to }) => to === 'running');
    const handed = await this.work.begin(
      turn.run,
      begun.map((change) => attemptOf(turn, change)),
    );
    const given = new Map(begun.map(({ stage }, place) => [stage.id, handed[place] ?? {}]));
    await this.stages.write(changes.map((change) => writeOf(turn, change, given.get(change.stage.id))));
    await this.stages.release(turn.run.id, released);
    return changes;
  }

  /** Nothing further begins. What is under way is asked to end; what only waits, ends at once. */
  private async stop(turn: Turn): Promise<boolean> {
    turn.halts = false;
    const { id } = turn.run;
    const error = turn.state.ending?.error ?? TOO_LATE;
    await this.stages.skipPending(id, NOT_REACHED);
    const rows = await this.stages.underWay(id);
    const running = rows.filter(({ status }) => status === 'running');
    const tasks = running.flatMap(({ task_id: task }) => (task === null ? [] : [task]));
    await this.work.cancelTasks(turn.run, tasks, error.message);
    for (const { child_run_id: inner } of running) if (inner !== null) await this.cancelInner(inner, error);
    const idle = rows.filter(({ status }) => status !== 'running');
    const stages = idle.map((row) => ({
      stage: turn.stageOf(row),
      outcome: { kind: 'cancelled' as const, error },
    }));
    await this.apply(turn, { kind: 'ended', stages });
    // A task that nobody had is cancelled by now, and an inner run that did nothing is over.
    return this.takeEnds(turn);
  }

  /** Outer runs are locked before inner ones, always: two that are cancelled at once cannot wait for each other. */
  private async cancelInner(runId: string, error: StageError): Promise<void> {
    const run = await this.runs.lock(runId);
    if (run === undefined || isOver(run.status)) return;
    await this.play(await this.open(run), { starts: STARTS_MAX, first: { kind: 'cancel', error } });
  }

  private async beginCompensation(turn: Turn): Promise<void> {
    await this.stages.insertCompensations(turn.run.id, turn.run.total, turn.compensations());
  }
}

const TOO_LATE: StageError = { code: 'stage_timed_out', message: 'The stage did not end in time.' };

const attemptOf = (turn: Turn, { stage, input }: StageChange) => ({
  stageRunId: stage.id,
  piece: turn.pieceOf(turn.rowOf(stage)),
  input: input ?? null,
});

const ENDS = {
  retrying: 'failed',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const;

function writeOf(turn: Turn, change: StageChange, handed: Handed = {}): StageWrite {
  const { stage, to, attempt } = change;
  const about = { id: stage.id, status: to, attempt, ...told(change) };
  if (to === 'running' || to === 'waiting_approval')
    return { ...about, input: change.input ?? null, begins: true, ...handed, ...patienceFor(turn, stage.id) };
  if (to === 'retrying') return { ...about, ends: ENDS[to], due_in_s: turn.retryDelayS(turn.rowOf(stage)) };
  return to === 'completed' || to === 'failed' || to === 'cancelled' ? { ...about, ends: ENDS[to] } : about;
}

/** Tasks have deadlines of their own. */
function patienceFor(turn: Turn, id: string): { due_in_s?: number } {
  const { runs, timeoutS } = turn.pieceOf(turn.rowOf({ id }));
  return runs.kind === 'approval' || runs.kind === 'pipeline' ? { due_in_s: timeoutS } : {};
}

function told({
  reason,
  error,
  output,
}: Pick<StageChange, 'reason' | 'error' | 'output'>): Pick<StageWrite, 'reason' | 'error' | 'output'> {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(error === undefined ? {} : { error }),
    ...(output === undefined ? {} : { output }),
  };
}
