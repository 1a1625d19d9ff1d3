import { storedStages } from '@app/contracts';
import { type DomainEvent, type JsonValue } from '@app/kernel';
import { type StageError } from './run-state';

type RunHappened = 'started' | 'progressed' | 'cancel.requested' | 'completed' | 'failed' | 'cancelled';
type StageHappened =
  'started' | 'retrying' | 'completed' | 'failed' | 'skipped' | 'waiting_approval' | 'approved' | 'rejected';

/** What every fact about a run carries. Never an input or an output: events go to whoever may know that it exists. */
export interface RunFacts {
  readonly id: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly version: number;
  readonly status: string;
  readonly currentStage: number | null;
  readonly completedStages: readonly number[];
  readonly total: number;
  readonly parentRunId: string | null;
}

export interface StageFacts {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly attempt: number;
  readonly error?: StageError | undefined;
  /** Who decided, where somebody did. */
  readonly decidedBy?: string | undefined;
}

/**
 * The share of stages that completed, in hundredths, cut off and not rounded. What failed, and what was skipped because of
 * it, is not done; a run that completed is, whatever its conditions have skipped and its definition has tolerated.
 */
export const progressOf = ({
  status,
  completedStages,
  total,
}: Pick<RunFacts, 'status' | 'completedStages' | 'total'>): number =>
  status === 'completed' ? 1 : Math.floor((completedStages.length * 100) / total) / 100;

export const runEvent = (happened: RunHappened, run: RunFacts, error?: StageError | null): DomainEvent => ({
  name: `pipeline.run.${happened}`,
  aggregateType: 'runs',
  aggregateId: run.id,
  occurredAt: new Date(),
  data: { ...dataOf(run), ...(error == null ? {} : { error: { ...error } }) },
});

export const stageEvent = (happened: StageHappened, run: RunFacts, stage: StageFacts): DomainEvent => ({
  name: `pipeline.stage.${happened}`,
  aggregateType: 'runs',
  aggregateId: run.id,
  occurredAt: new Date(),
  data: {
    ...dataOf(run),
    ...{ stage: stage.position, stage_name: stage.name, stage_run_id: stage.id, attempt: stage.attempt },
    ...(stage.error === undefined ? {} : { error: { ...stage.error } }),
    ...(stage.decidedBy === undefined ? {} : { decided_by: stage.decidedBy }),
  },
});

const dataOf = (run: RunFacts): Readonly<Record<string, JsonValue>> => ({
  run_id: run.id,
  pipeline_id: run.pipelineId,
  pipeline_name: run.pipelineName,
  version: run.version,
  status: run.status,
  current_stage: run.currentStage,
  ...storedStages(run.completedStages),
  progress: progressOf(run),
  parent_run_id: run.parentRunId,
});
