import { type JsonValue } from '@app/kernel';
import { type PipelineDefinition } from '../../definitions';
import { progressOf } from '../../engine/run-events';
import { graphOf } from '../../engine/run-graph';
import { differencesOf } from '../compare';
import { type RunContent } from '../run-reader';
import { type RunSummary, type RunView, type StageView } from '../run-view';
import { type ComparedStageDto, type ComparisonDto } from './compare.dto';
import { type RunDto, type RunStageDto, type RunSummaryDto, type StartedRunDto } from './run.dto';

/** As members, and not as an instance of the class: what it is spread into must be plain, too. */
type Members<T> = { readonly [Key in keyof T]: T[Key] };

export const presentStarted = (run: RunSummary): Members<StartedRunDto> => ({
  ...{ run_id: run.id, pipeline_id: run.pipelineId, version: run.version, status: run.status },
  ...{ current_stage: run.currentStage, completed_stages: run.completedStages, progress: progressOf(run) },
});

export const presentSummary = (run: RunSummary): Members<RunSummaryDto> => ({
  ...presentStarted(run),
  ...{ pipeline_name: run.pipelineName, cause: run.cause, error: run.error, parent_run_id: run.parentRunId },
  ...{ rerun_of: run.rerunOf, started_by: run.startedBy, created_at: run.createdAt.toISOString() },
  started_at: run.startedAt?.toISOString() ?? null,
  updated_at: run.updatedAt.toISOString(),
  finished_at: run.finishedAt?.toISOString() ?? null,
});

/** What the definition says of a stage; of a compensation, what it says of the stage that is undone. */
export interface PlannedStage {
  readonly type: string;
  readonly after: readonly number[];
  readonly maxAttempts: number;
  readonly approvers: readonly string[];
}

export function plannedAt(definition: PipelineDefinition, position: number): PlannedStage | undefined {
  const stage = definition.stages[position];
  if (stage === undefined) return undefined;
  const { type, retry, runs } = stage;
  return {
    ...{ type, after: graphOf(definition).parents[position] ?? [], maxAttempts: retry.count + 1 },
    approvers: runs.kind === 'approval' ? (runs.approvers ?? []) : [],
  };
}

export const presentRun = (run: RunView, definition: PipelineDefinition): RunDto => ({
  ...presentSummary(run),
  ...{ input: run.input, parameters: run.parameters, rerun_from: run.rerunFrom },
  ...{
    waiting_for: run.waitingFor,
    stages: run.stages.map((stage) => presentStage(stage, plannedAt(definition, stage.position))),
  },
});

export const presentStage = (stage: StageView, planned: PlannedStage = UNDOING): RunStageDto => ({
  ...{ stage: stage.position, name: stage.name, kind: stage.kind, status: stage.status },
  ...{ type: planned.type, after: planned.after, approvers: planned.approvers },
  max_attempts: planned.maxAttempts,
  ...{ compensates: stage.compensates, reused_from: stage.reusedFrom, reason: stage.reason },
  ...{ error: stage.error, attempts: stage.attempts, approval: stage.approval, is_cut: stage.isCut },
  task_ids: stage.attempts.flatMap(({ task_id: task }) => (task === null ? [] : [task])),
  due_at: stage.dueAt?.toISOString() ?? null,
  started_at: stage.startedAt?.toISOString() ?? null,
  finished_at: stage.finishedAt?.toISOString() ?? null,
  ...{ input: stage.input, output: stage.output },
});

/** Of compensations, which come after the stages of the definition. */
const UNDOING: PlannedStage = { type: 'compensation', after: [], maxAttempts: 1, approvers: [] };

export interface ComparedRun {
  readonly run: RunSummary & RunContent;
  readonly stages: readonly StageView[];
}

export function presentComparison(a: ComparedRun, b: ComparedRun): ComparisonDto {
  const [ofA, ofB] = [a, b].map(({ stages }) => new Map(stages.map((stage) => [stage.name, stage])));
  const names = [...new Set([...(ofA?.keys() ?? []), ...(ofB?.keys() ?? [])])];
  return {
    ...{ a: presentSummary(a.run), b: presentSummary(b.run) },
    input: differencesOf(a.run.input, b.run.input),
    parameters: differencesOf(a.run.parameters, b.run.parameters),
    stages: names.map((name) => comparedStage(name, ofA?.get(name), ofB?.get(name))),
  };
}

const comparedStage = (name: string, a?: StageView, b?: StageView): ComparedStageDto => ({
  ...{ name, a: sideOf(a), b: sideOf(b), is_cut: [a, b].some((stage) => stage?.isCut === true) },
  input: differencesOf(shown(a?.input), shown(b?.input)),
  output: differencesOf(shown(a?.output), shown(b?.output)),
});

/** What a stage was not given, or did not give, is not there. */
const shown = (value: JsonValue | undefined): JsonValue | undefined => value ?? undefined;

const sideOf = (stage: StageView | undefined): ComparedStageDto['a'] =>
  stage === undefined
    ? null
    : { status: stage.status, attempts: stage.attempt, duration_ms: durationOf(stage) };

const durationOf = ({ startedAt, finishedAt }: StageView): number | null =>
  startedAt === null || finishedAt === null ? null : finishedAt.getTime() - startedAt.getTime();
