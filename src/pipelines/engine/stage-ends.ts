import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { PipelineVersions } from '../definitions';
import { graphOf } from './run-graph';
import { type Outcome, type RunStatus, type StageError } from './run-state';
import { bytesOf, DOCUMENT_MAX_BYTES, tooLarge } from './sizes';
import { type StageRow, type StageUnderWay } from './stage-rows';

interface InnerRun {
  id: string;
  pipeline_id: string;
  pipeline_name: string;
  version: number;
  status: RunStatus;
  error: StageError | null;
}

/** Nobody but the stage's author knows whether a call that may have had an effect may be made again: its retries say so. */
const FOR_THE_STAGE_TO_SAY: ReadonlySet<string> = new Set([
  'tool_error',
  'call_outcome_unknown',
  'call_timed_out',
]);

/** Finds out how the work of stages ended. */
@Injectable()
export class StageEnds {
  constructor(
    private readonly db: Database,
    private readonly versions: PipelineVersions,
  ) {}

  async outcomesOf(stages: readonly StageUnderWay[]): Promise<ReadonlyMap<string, Outcome>> {
    const outcomes = new Map<string, Outcome>();
    for (const stage of stages) {
      if (stage.task_over) outcomes.set(stage.id, outcomeOfTask(stage));
      else if (stage.run_over) outcomes.set(stage.id, await this.outcomeOfRun(stage.child_run_id ?? ''));
      else if (stage.is_overdue) outcomes.set(stage.id, overdue(stage));
    }
    return outcomes;
  }

  private async outcomeOfRun(id: string): Promise<Outcome> {
    const [run] = await this.db.query<InnerRun>(
      `SELECT id, pipeline_id, pipeline_name, version, status, error FROM pipeline_run WHERE id = $1`,
      [id],
    );
    if (run === undefined) return failed('sub_pipeline_lost', 'The inner run is gone.');
    if (run.status === 'completed') return completed(await this.outputOf(run));
    const why = run.error?.message ?? `It is ${run.status}.`;
    const error = {
      code: `sub_pipeline_${run.status}`,
      message: `Run ${id} of "${run.pipeline_name}": ${why}`,
    };
    return run.status === 'cancelled'
      ? { kind: 'cancelled', error }
      : { kind: 'failed', error, isRetryable: true };
  }

  /** By name of the stages that nothing waits for. */
  private async outputOf({ id, pipeline_id, version }: InnerRun): Promise<JsonObject> {
    const { definition } = await this.versions.pinned(pipeline_id, version);
    const rows = await this.db.query<{ name: string; output: JsonValue }>(
      `SELECT name, output FROM stage_run WHERE run_id = $1 AND position = ANY($2) ORDER BY position`,
      [id, graphOf(definition).leaves],
    );
    return Object.fromEntries(rows.map(({ name, output }) => [name, output]));
  }
}

/** What is kept of an output is bounded: a stage whose output is larger has failed, and says so. */
export function completed(output: JsonValue): Outcome {
  const bytes = bytesOf(output);
  if (bytes <= DOCUMENT_MAX_BYTES) return { kind: 'completed', output };
  return { kind: 'failed', error: tooLarge('output', bytes), isRetryable: false };
}

function outcomeOfTask({
  task_status: status,
  task_result: result,
  task_error: error,
  is_final: isFinal,
}: StageUnderWay): Outcome {
  if (status === 'completed') return completed(result);
  if (status === 'cancelled')
    return {
      kind: 'cancelled',
      error: error ?? { code: 'task_cancelled', message: 'Its task was cancelled.' },
    };
  const { code, message } = error ?? { code: 'task_failed', message: 'Its task failed without saying why.' };
  return {
    kind: 'failed',
    error: { code, message },
    isRetryable: !isFinal || FOR_THE_STAGE_TO_SAY.has(code),
  };
}

/** Nobody's answer is no reason to ask the same people again; an inner run that took too long may be quicker next time. */
const overdue = ({ kind }: StageRow): Outcome =>
  kind === 'approval'
    ? failed('approval_timed_out', 'Nobody decided in time.')
    : { ...failed('stage_timed_out', 'It did not end in time.'), isRetryable: true };

const failed = (code: string, message: string): Extract<Outcome, { kind: 'failed' }> => ({
  ...{ kind: 'failed', isRetryable: false },
  error: { code, message },
});
