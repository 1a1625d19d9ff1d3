import { Injectable } from '@nestjs/common';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { requestContext } from '@app/telemetry';
import { TaskCancellation, type TaskDraft, TaskSubmission } from '../../tasks';
import { type TaskRunner } from '../definitions';
import { RunStarter } from '../runs/run-starter';
import { type LockedRun } from './run-rows';
import { type Piece } from './stage-plan';

/** An attempt that is about to begin. */
export interface Attempt {
  readonly stageRunId: string;
  readonly piece: Piece;
  readonly input: JsonValue;
}

/** What an attempt was given to. */
export interface Handed {
  readonly task_id?: string;
  readonly child_run_id?: string;
}

/**
 * How often a tool call may be handed to another process. Only what provably did not begin, or may be repeated, is called
 * again: whoever carries it out sees to that.
 */
const TOOL_CALL_RETRIES = 2;
const TOOL_TASK_TYPE = 'tool-call';

/** Begins and stops what stages are run by. Inside the turn's transaction: work and its record are there together or not at all. */
@Injectable()
export class StageWork {
  constructor(
    private readonly submission: TaskSubmission,
    private readonly cancellation: TaskCancellation,
    private readonly starter: RunStarter,
  ) {}

  /** In the order given. As a part of what whoever started the run began, whoever moves it now. */
  begin(run: LockedRun, attempts: readonly Attempt[]): Promise<readonly Handed[]> {
    const begin = (): Promise<readonly Handed[]> => this.beginAll(run, attempts);
    return run.traceparent === null ? begin() : requestContext.under(run.traceparent, begin);
  }

  private async beginAll(run: LockedRun, attempts: readonly Attempt[]): Promise<readonly Handed[]> {
    const drafts = attempts.map((attempt) => draftOf(run, attempt));
    const wanted = drafts.filter((draft) => draft !== undefined);
    const tasks = wanted.length === 0 ? [] : await this.submission.submit(run.owner, wanted);
    const handed: Handed[] = [];
    let next = 0;
    for (const [place, attempt] of attempts.entries()) {
      if (drafts[place] !== undefined) handed.push(taskOf(tasks[next++]));
      else if (attempt.piece.runs.kind === 'pipeline') handed.push(await this.beginRun(run, attempt));
      else handed.push({});
    }
    return handed;
  }

  async cancelTasks({ owner }: LockedRun, taskIds: readonly string[], reason: string): Promise<void> {
    if (taskIds.length > 0) await this.cancellation.cancel(owner, taskIds, reason);
  }

  private async beginRun(run: LockedRun, { stageRunId, piece, input }: Attempt): Promise<Handed> {
    const { runs } = piece;
    if (runs.kind !== 'pipeline') return {};
    const given = input as { readonly input: JsonValue; readonly parameters: JsonObject };
    const { runId } = await this.starter.start(run.owner, {
      ...{ pipeline: runs.pipeline, version: runs.version, input: given.input, parameters: given.parameters },
      ...{ cause: 'stage', parent: { runId: run.id, stageRunId, depth: run.depth } },
    });
    return { child_run_id: runId };
  }
}

const taskOf = (task: { readonly id: string } | undefined): Handed =>
  task === undefined ? {} : { task_id: task.id };

/** The stage tries again by itself, with a task of its own each time; undefined for what is no task. */
function draftOf(run: LockedRun, { stageRunId, piece, input }: Attempt): TaskDraft | undefined {
  const { runs, timeoutS, type, position } = piece;
  const marks = { pipelineMark: run.pipelineId, stageMark: position, run: { runId: run.id, stageRunId } };
  if (runs.kind === 'task') {
    const payload = payloadOf(input);
    return { type, payload, timeoutS, retryCount: 0, ...marks, ...wishesOf(runs) };
  }
  if (runs.kind !== 'tool') return undefined;
  const payload = { server_name: runs.serverName, tool_name: runs.toolName, arguments: payloadOf(input) };
  return {
    ...{ type: TOOL_TASK_TYPE, payload, timeoutS, retryCount: TOOL_CALL_RETRIES, executor: 'gateway' },
    ...marks,
  };
}

/** A payload is an object; what is none stands under a name of its own. */
const payloadOf = (input: JsonValue): JsonObject =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
    ? (input as JsonObject)
    : { value: input };

const wishesOf = ({
  capabilities,
  priority,
  agent,
  queueTimeoutS,
  concurrencyKey,
}: TaskRunner): Partial<TaskDraft> => ({
  ...(capabilities === undefined ? {} : { capabilities }),
  ...(priority === undefined ? {} : { priority }),
  ...(agent === undefined ? {} : { agent }),
  ...(queueTimeoutS === undefined ? {} : { queueTimeoutS }),
  ...(concurrencyKey === undefined ? {} : { concurrencyKey }),
});
