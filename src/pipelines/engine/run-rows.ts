import { Injectable } from '@nestjs/common';
import { Database, prepared, storableJson } from '@app/database';
import { type JsonObject, type JsonValue } from '@app/kernel';
import { type RunOwner } from './run-owner';
import { type RunState, type RunStatus, type StageError } from './run-state';

/** A run while somebody works on it. */
export interface LockedRun extends RunState {
  readonly id: string;
  readonly owner: RunOwner;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly version: number;
  readonly input: JsonValue;
  readonly parameters: JsonObject;
  readonly completedStages: readonly number[];
  readonly currentStage: number | null;
  readonly depth: number;
  readonly parentRunId: string | null;
  readonly createdAt: Date;
  /** Of whoever started it. */
  readonly traceparent: string | null;
}

interface RunRow {
  id: string;
  workspace_id: string;
  pipeline_id: string;
  pipeline_name: string;
  version: number;
  status: RunStatus;
  input: JsonValue;
  parameters: JsonObject;
  total: number;
  ended: number;
  active: number;
  waiting: number;
  completed_stages: number[];
  current_stage: number | null;
  ending: 'failed' | 'cancelled' | null;
  compensation: 'wanted' | 'running' | null;
  error: StageError | null;
  depth: number;
  parent_run_id: string | null;
  started_by: string;
  user_id: string | null;
  key_id: string | null;
  agent_id: string | null;
  created_at: Date;
  traceparent: string | null;
}

const LOCK = prepared(`
  SELECT id, workspace_id, pipeline_id, pipeline_name, version, status, input, parameters, total, ended, active, waiting,
         completed_stages, current_stage, ending, compensation, error, depth, parent_run_id, started_by, user_id, key_id,
         agent_id, created_at, traceparent
    FROM pipeline_run WHERE id = $1 FOR UPDATE`);

const SAVE = prepared(`
  UPDATE pipeline_run r
     SET status = $2, ended = $3, active = $4, waiting = $5, completed_stages = r.completed_stages || $6::integer[],
         ending = $7, compensation = $8, error = $9::jsonb, row_version = r.row_version + 1,
         started_at = coalesce(r.started_at, now()), updated_at = now(),
         finished_at = CASE WHEN $2 IN ('completed', 'failed', 'cancelled') THEN now() END,
         current_stage = (SELECT min(s.position) FROM stage_run s
                           WHERE s.run_id = r.id AND s.compensates IS NULL
                             AND s.status IN ('running', 'retrying', 'waiting_approval'))
   WHERE r.id = $1
  RETURNING current_stage`);

/** One poll's worth; what is left is found by the next one. */
const FOUND_MAX = 200;

const DUE = `
  SELECT DISTINCT run_id AS id
    FROM (SELECT run_id FROM stage_run WHERE due_at <= now() ORDER BY due_at LIMIT ${FOUND_MAX}) AS due`;

const OUTLOOK = `
  SELECT (extract(epoch FROM (SELECT min(due_at) FROM stage_run) - now()) * 1000)::float8 AS "dueMs",
         EXISTS (SELECT FROM pipeline_run WHERE finished_at IS NULL) AS "isAnyOpen"`;

/**
 * Something of `pipeline_run AS r` could go on. The tasks' own table is asked, because only there it stands that one has ended.
 */
const COULD_GO_ON = `
  (r.status = 'pending'
   OR EXISTS (SELECT FROM stage_run s WHERE s.run_id = r.id AND s.status = 'pending' AND s.remaining_deps = 0)
   OR EXISTS (SELECT FROM stage_run s
                LEFT JOIN task t ON t.id = s.task_id
                LEFT JOIN pipeline_run c ON c.id = s.child_run_id
               WHERE s.run_id = r.id AND s.status = 'running'
                 AND (t.finished_at IS NOT NULL OR c.finished_at IS NOT NULL)))`;

const IS_DUE = prepared(`
  SELECT r.finished_at IS NULL
     AND (${COULD_GO_ON} OR EXISTS (SELECT FROM stage_run s WHERE s.run_id = r.id AND s.due_at <= now())) AS "isDue"
    FROM pipeline_run r WHERE r.id = $1`);

/** Runs that could go on and that nobody has looked at for a while: the message that should have woken somebody is lost. */
const FORGOTTEN = `
  SELECT r.id FROM pipeline_run r
   WHERE r.finished_at IS NULL AND r.updated_at < now() - $1 * interval '1 second' AND ${COULD_GO_ON}
   ORDER BY r.updated_at LIMIT ${FOUND_MAX}`;

/** The statements about runs. Whoever changes anything of a run, its stages included, holds the run's row. */
@Injectable()
export class RunRows {
  constructor(private readonly db: Database) {}

  /** Until the end of the transaction nobody else moves it. */
  async lock(id: string): Promise<LockedRun | undefined> {
    const [row] = await this.db.query<RunRow>(LOCK, [id]);
    return row === undefined ? undefined : toRun(row);
  }

  /** Answers the lowest stage that is under way now. */
  async save(id: string, state: RunState, completed: readonly number[]): Promise<number | null> {
    const { status, ended, active, waiting, ending, compensation } = state;
    const error = ending === null ? null : storableJson(ending.error);
    const [row] = await this.db.query<{ current_stage: number | null }>(SAVE, [
      ...[id, status, ended, active, waiting, completed, ending?.as ?? null, compensation, error],
    ]);
    return row?.current_stage ?? null;
  }

  /** Whether there is something to do for it now. */
  async isDue(id: string): Promise<boolean> {
    const [row] = await this.db.query<{ isDue: boolean }>(IS_DUE, [id]);
    return row?.isDue ?? false;
  }

  /** Runs with a stage whose time has come: to be tried again, or to be given up. */
  async due(): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>(DUE);
    return rows.map(({ id }) => id);
  }

  /** Until a stage's time comes, null: of none; and whether there is a run that has not ended. */
  async outlook(): Promise<{ readonly dueMs: number | null; readonly isAnyOpen: boolean }> {
    const [row] = await this.db.query<{ dueMs: number | null; isAnyOpen: boolean }>(OUTLOOK);
    return row ?? { dueMs: null, isAnyOpen: false };
  }

  async forgotten(afterS: number): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>(FORGOTTEN, [afterS]);
    return rows.map(({ id }) => id);
  }
}

const toRun = (row: RunRow): LockedRun => ({
  ...{ id: row.id, pipelineId: row.pipeline_id, pipelineName: row.pipeline_name, version: row.version },
  ...{ status: row.status, total: row.total, ended: row.ended, active: row.active, waiting: row.waiting },
  ...{ input: row.input, parameters: row.parameters, compensation: row.compensation, depth: row.depth },
  owner: {
    workspaceId: row.workspace_id,
    submittedBy: row.started_by,
    userId: row.user_id ?? undefined,
    keyId: row.key_id ?? undefined,
    agentId: row.agent_id ?? undefined,
  },
  ending:
    row.ending === null
      ? null
      : { as: row.ending, error: row.error ?? { code: row.ending, message: 'The run ended.' } },
  completedStages: row.completed_stages,
  currentStage: row.current_stage,
  parentRunId: row.parent_run_id,
  createdAt: row.created_at,
  traceparent: row.traceparent,
});
