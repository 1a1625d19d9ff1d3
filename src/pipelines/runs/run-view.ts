import { type JsonObject, type JsonValue } from '@app/kernel';
import { type RunStatus, type StageError, type StageKind, type StageStatus } from '../engine/run-state';

export interface RunSummary {
  readonly id: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly version: number;
  readonly status: RunStatus;
  readonly cause: string;
  readonly currentStage: number | null;
  readonly completedStages: readonly number[];
  readonly total: number;
  readonly error: StageError | null;
  readonly parentRunId: string | null;
  readonly rerunOf: string | null;
  readonly startedBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export interface AttemptView {
  readonly attempt: number;
  readonly task_id: string | null;
  readonly run_id: string | null;
  readonly outcome: string | null;
  readonly error: StageError | null;
  readonly started_at: string;
  readonly ended_at: string | null;
}

export interface ApprovalView {
  readonly decision: string;
  readonly comment: string;
  readonly decided_by: string;
  readonly decided_at: string;
}

export interface StageView {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly kind: StageKind;
  readonly status: StageStatus;
  readonly attempt: number;
  readonly compensates: number | null;
  readonly reusedFrom: string | null;
  readonly reason: string | null;
  readonly error: StageError | null;
  readonly taskId: string | null;
  readonly childRunId: string | null;
  readonly dueAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly attempts: readonly AttemptView[];
  readonly approval: ApprovalView | null;
  /** Left out of a whole run where it holds too much: the stage by itself shows them. */
  readonly isCut: boolean;
  readonly input: JsonValue;
  readonly output: JsonValue;
}

export interface RunView extends RunSummary {
  readonly input: JsonValue;
  readonly parameters: JsonObject;
  readonly rerunFrom: number | null;
  readonly stages: readonly StageView[];
  /** In a sentence, what it waits for; null when it is over, or something of it runs. */
  readonly waitingFor: string | null;
}
