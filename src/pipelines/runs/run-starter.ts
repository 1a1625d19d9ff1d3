import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { idOfRequest, requestContext, systemScope } from '@app/telemetry';
import { EventAppender } from '@app/outbox';
import { newId, type JsonObject, type JsonValue } from '@app/kernel';
import { RunBell } from '../../tasks';
import { GivenDocuments, type LoadedPipeline, NESTING_MAX, PipelineVersions } from '../definitions';
import { runEvent } from '../engine/run-events';
import { graphOf } from '../engine/run-graph';
import { type RunOwner } from '../engine/run-owner';
import { RunInputInvalidError, RunInputTooLargeError, RunTooDeepError } from '../engine/run.errors';
import { bytesOf, DOCUMENT_MAX_BYTES } from '../engine/sizes';

export interface RunRequest {
  /** Id or name. */
  readonly pipeline: string;
  /** Absent: the newest. */
  readonly version?: number | undefined;
  readonly input: JsonValue;
  readonly parameters: JsonObject;
  readonly notification?: { readonly webhook?: string; readonly email?: string } | undefined;
  readonly cause: 'api' | 'schedule' | 'rerun' | 'stage';
  /** Two requests with the same key are one run. */
  readonly runKey?: string | undefined;
  /** The stage that it is. */
  readonly parent?: { readonly runId: string; readonly stageRunId: string; readonly depth: number };
  /** An earlier run whose outputs are used again, by position: these stages are not run. */
  readonly rerun?: {
    readonly of: string;
    readonly from: number | null;
    readonly reused: ReadonlyMap<number, ReusedStage>;
  };
}

/** A stage of an earlier run, as far as a later one takes it over. */
export interface ReusedStage {
  readonly stageRunId: string;
  readonly status: 'completed' | 'skipped' | 'failed';
}

export interface StartedRun {
  readonly runId: string;
  readonly pipelineId: string;
  readonly version: number;
}

const COLUMNS = `id, workspace_id, pipeline_id, pipeline_name, version, cause, run_key, input, parameters, notification, total, ended,
  completed_stages, parent_run_id, parent_stage_run_id, depth, rerun_of, rerun_from, started_by, user_id, key_id, agent_id,
  correlation_id, traceparent`;

const INSERT_RUN = `
  INSERT INTO pipeline_run (${COLUMNS})
  SELECT ${COLUMNS} FROM jsonb_to_record($1::jsonb) AS g(
    id uuid, workspace_id uuid, pipeline_id uuid, pipeline_name text, version integer, cause text, run_key text, input jsonb,
    parameters jsonb, notification jsonb, total integer, ended integer, completed_stages integer[], parent_run_id uuid,
    parent_stage_run_id uuid, depth integer, rerun_of uuid, rerun_from integer, started_by text, user_id text, key_id text,
    agent_id text, correlation_id text, traceparent text)
  ON CONFLICT DO NOTHING
  RETURNING id`;

const INSERT_STAGES = `
  INSERT INTO stage_run (id, run_id, position, name, kind, remaining_deps, status, input, output, error, reason, reused_from,
                         started_at, finished_at)
  SELECT g.id, $1, g.position, g.name, g.kind, g.remaining_deps, coalesce(g.status, 'pending'),
         o.input, o.output, o.error, o.reason, g.reused_from, o.started_at, o.finished_at
    FROM jsonb_to_recordset($2::jsonb) AS g(id uuid, position integer, name text, kind text, remaining_deps integer,
                                           status text, reused_from uuid)
    LEFT JOIN stage_run o ON o.id = g.reused_from`;

/** Writes a run down. It joins the open transaction; what it does begins when its event is seen. */
@Injectable()
export class RunStarter {
  constructor(
    private readonly db: Database,
    private readonly versions: PipelineVersions,
    private readonly events: EventAppender,
    private readonly documents: GivenDocuments,
    private readonly bell: RunBell,
  ) {}

  async start(owner: RunOwner, request: RunRequest): Promise<StartedRun> {
    const { parent } = request;
    if (parent !== undefined && parent.depth >= NESTING_MAX) throw new RunTooDeepError(NESTING_MAX);
    demandSize('input_data', request.input);
    demandSize('parameters', request.parameters);
    const pipeline = await this.versions.load(owner, request.pipeline, request.version);
    const faults = await this.documents.faultsOf(pipeline.definition, request);
    if (faults.length > 0) throw new RunInputInvalidError(faults);
    return this.db.transaction(() => this.write(owner, request, pipeline));
  }

  private async write(owner: RunOwner, request: RunRequest, pipeline: LoadedPipeline): Promise<StartedRun> {
    const { pipelineId, version, definition } = pipeline;
    const id = request.runKey === undefined ? idOfRequest('run', pipelineId) : newId();
    const inserted = await this.db.query<{ id: string }>(INSERT_RUN, [
      storableJson(rowOf(id, owner, request, pipeline)),
    ]);
    // Started before: by the same key, or by a request that is repeated because its answer was lost.
    if (inserted.length === 0) return this.known(owner, id, request.runKey);
    await this.db.execute(INSERT_STAGES, [id, storableJson(stageRows(pipeline, request))]);
    const done = completedOf(request);
    const facts = {
      ...{ id, pipelineId, pipelineName: pipeline.name, version, status: 'pending', currentStage: null },
      ...{ completedStages: done, total: definition.stages.length },
      parentRunId: request.parent?.runId ?? null,
    };
    await this.events.append([runEvent('started', facts)], { workspaceId: owner.workspaceId });
    this.db.afterCommit(() => {
      this.bell.ring([id]);
    });
    return { runId: id, pipelineId, version };
  }

  private async known({ workspaceId }: RunOwner, id: string, runKey?: string): Promise<StartedRun> {
    const [row] = await this.db.query<{ id: string; pipeline_id: string; version: number }>(
      `SELECT id, pipeline_id, version FROM pipeline_run WHERE workspace_id = $1 AND (id = $2 OR run_key = $3)`,
      [workspaceId, id, runKey ?? null],
    );
    if (row === undefined) throw new Error(`the run ${id} was started before and is gone`);
    return { runId: row.id, pipelineId: row.pipeline_id, version: row.version };
  }
}

function demandSize(what: 'input_data' | 'parameters', value: JsonValue): void {
  const bytes = bytesOf(value);
  if (bytes > DOCUMENT_MAX_BYTES) throw new RunInputTooLargeError(what, bytes, DOCUMENT_MAX_BYTES);
}

function stageRows({ definition }: LoadedPipeline, { rerun }: RunRequest): readonly object[] {
  const { parents } = graphOf(definition);
  return definition.stages.map(({ name, runs }, position) => {
    const reused = rerun?.reused.get(position);
    const open = (parents[position] ?? []).filter((parent) => rerun?.reused.has(parent) !== true);
    return {
      ...{ id: newId(), position, name, kind: runs.kind, remaining_deps: open.length },
      ...(reused === undefined ? {} : { status: reused.status, reused_from: reused.stageRunId }),
    };
  });
}

const completedOf = ({ rerun }: RunRequest): readonly number[] =>
  [...(rerun?.reused ?? [])].filter(([, { status }]) => status === 'completed').map(([position]) => position);

/** What is absent is null in its column. */
function rowOf(id: string, owner: RunOwner, request: RunRequest, pipeline: LoadedPipeline): object {
  const { parent, rerun } = request;
  const scope = requestContext.get() ?? systemScope('pipelines');
  return {
    ...{
      id,
      workspace_id: owner.workspaceId,
      pipeline_id: pipeline.pipelineId,
      pipeline_name: pipeline.name,
    },
    ...{ version: pipeline.version, cause: request.cause, run_key: request.runKey },
    ...{ input: request.input, parameters: request.parameters, notification: request.notification },
    ...{ total: pipeline.definition.stages.length, ended: rerun?.reused.size ?? 0 },
    completed_stages: completedOf(request),
    ...{
      parent_run_id: parent?.runId,
      parent_stage_run_id: parent?.stageRunId,
      depth: (parent?.depth ?? 0) + 1,
    },
    ...{ rerun_of: rerun?.of, rerun_from: rerun?.from, started_by: owner.submittedBy },
    ...{ user_id: owner.userId, key_id: owner.keyId, agent_id: owner.agentId },
    ...{ correlation_id: scope.requestId, traceparent: scope.traceparent },
  };
}
