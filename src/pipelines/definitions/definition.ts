import { type JsonObject, type JsonValue } from '@app/kernel';
import { type Expression } from '../templates';

/** By the places of the stages, counted from 0. */
export interface Dependency {
  readonly from: number;
  readonly to: number;
}

export const ON_FAILURE = ['fail', 'continue', 'compensate'] as const;
/**
 * fail: the run fails. continue: what comes after goes on. compensate: the run fails after the completed stages that name a
 * compensation were undone, the last one first.
 */
export type OnFailure = (typeof ON_FAILURE)[number];

export const PRIORITIES = ['high', 'medium', 'low'] as const;
export type StagePriority = (typeof PRIORITIES)[number];

export interface TaskRunner {
  readonly kind: 'task';
  readonly capabilities?: readonly string[];
  readonly priority?: StagePriority;
  /** Id or name of the only agent that may take it. */
  readonly agent?: string;
  readonly queueTimeoutS?: number;
  readonly concurrencyKey?: string;
}

export interface ToolRunner {
  readonly kind: 'tool';
  readonly serverName: string;
  readonly toolName: string;
  /** A template. */
  readonly arguments: JsonObject;
}

export interface ApprovalRunner {
  readonly kind: 'approval';
  /** A template; for the people who are asked. */
  readonly message?: string;
  /** `role:<role>` or `user:<id or name>`; absent: whoever may approve this pipeline. */
  readonly approvers?: readonly string[];
}

export interface SubPipelineRunner {
  readonly kind: 'pipeline';
  /** The id, whatever was written when the pipeline was saved. */
  readonly pipeline: string;
  /** Absent: the newest at the time. */
  readonly version?: number;
  /** A template, for the run's input; absent: the stage's input. */
  readonly input?: JsonValue;
  /** A template, for the run's parameters; absent: those of the outer run. */
  readonly parameters?: JsonObject;
}

export type StageRunner = TaskRunner | ToolRunner | ApprovalRunner | SubPipelineRunner;

/** What undoes a stage that completed, when a later one fails with `compensate`. Its templates see the stage's own output. */
export interface Compensation {
  readonly type: string;
  readonly timeoutS: number;
  /** A template. */
  readonly input?: JsonValue;
  readonly runs: TaskRunner | ToolRunner;
}

export interface Stage {
  readonly name: string;
  /** The type of its task; of other kinds of stages a word for people. */
  readonly type: string;
  /** false: its failure does not fail the run, whatever `onFailure` says. */
  readonly required: boolean;
  /** Of one attempt; of an approval, how long it waits for an answer. */
  readonly timeoutS: number;
  readonly retry: { readonly count: number; readonly delayS: number };
  readonly when?: Expression;
  /** A template; absent: the run's input and what the stages before it gave. */
  readonly input?: JsonValue;
  readonly onFailure: OnFailure;
  readonly runs: StageRunner;
  readonly compensation?: Compensation;
}

/** One immutable version. */
export interface PipelineDefinition {
  readonly description: string;
  /** What the input of a run has to fit; absent: anything. */
  readonly inputSchema?: JsonObject;
  /** The same of its parameters. */
  readonly parameterSchema?: JsonObject;
  /** In the order of their places. */
  readonly stages: readonly Stage[];
  readonly dependencies: readonly Dependency[];
}

/** A version with whose it is. */
export interface LoadedPipeline {
  readonly pipelineId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly version: number;
  readonly definition: PipelineDefinition;
}
