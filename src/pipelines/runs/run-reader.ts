import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type JsonObject, type JsonValue, type KeysetPosition, type Page } from '@app/kernel';
import { RunUnknownError, StageUnknownError } from '../engine/run.errors';
import { type RunSummary, type StageView } from './run-view';

const RUN = `
  r.id, r.pipeline_id AS "pipelineId", r.pipeline_name AS "pipelineName", r.version, r.status, r.cause,
  r.current_stage AS "currentStage", r.completed_stages AS "completedStages", r.total, r.error,
  r.parent_run_id AS "parentRunId", r.rerun_of AS "rerunOf", r.started_by AS "startedBy", r.created_at AS "createdAt",
  r.started_at AS "startedAt", r.updated_at AS "updatedAt", r.finished_at AS "finishedAt"`;

/** What the inputs and outputs of one answer may have together; those of the first stages are shown. */
const SHOWN_MAX_BYTES = 1_024 * 1_024;

/** As every other time of an answer is written: inside JSON the database would write it in its own way. */
const written = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const STAGE = `
  s.id, s.position, s.name, s.kind, s.status, s.attempt, s.compensates, s.reused_from AS "reusedFrom", s.reason, s.error,
  s.task_id AS "taskId", s.child_run_id AS "childRunId", s.due_at AS "dueAt", s.started_at AS "startedAt",
  s.finished_at AS "finishedAt",
  coalesce((SELECT jsonb_agg(jsonb_build_object('attempt', a.attempt, 'task_id', a.task_id, 'run_id', a.child_run_id,
                                                'outcome', a.outcome, 'error', a.error,
                                                'started_at', ${written('a.started_at')},
                                                'ended_at', ${written('a.ended_at')}) ORDER BY a.attempt)
              FROM stage_attempt a WHERE a.stage_run_id = s.id), '[]') AS attempts,
  (SELECT jsonb_build_object('decision', p.decision, 'comment', p.comment, 'decided_by', p.decided_by_name,
                             'decided_at', ${written('p.decided_at')})
     FROM stage_approval p WHERE p.stage_run_id = s.id) AS approval`;

const STAGES = `
  SELECT ${STAGE}, s.shown > $2 AS "isCut",
         CASE WHEN s.shown <= $2 THEN s.input END AS input, CASE WHEN s.shown <= $2 THEN s.output END AS output
    FROM (SELECT *, sum(coalesce(octet_length(input::text), 0) + coalesce(octet_length(output::text), 0))
                      OVER (ORDER BY position) AS shown
            FROM stage_run WHERE run_id = $1) AS s
   ORDER BY s.position`;

export interface RunContent {
  readonly input: JsonValue;
  readonly parameters: JsonObject;
  readonly rerunFrom: number | null;
}

/** Whose runs, and of which pipelines none. */
interface Reach {
  readonly workspaceId: string;
  readonly without?: readonly string[];
}

export interface RunFilter {
  /** null: of all pipelines but those that are closed to whoever asks. */
  readonly pipelineId: string | null;
  readonly status: string | null;
}

/** What is told of runs. Whether the caller may see them is asked before. */
@Injectable()
export class RunReader {
  constructor(private readonly db: Database) {}

  async summary(runId: string): Promise<RunSummary> {
    const [run] = await this.db.query<RunSummary>(`SELECT ${RUN} FROM pipeline_run r WHERE r.id = $1`, [
      runId,
    ]);
    if (run === undefined) throw new RunUnknownError();
    return run;
  }

  async content(runId: string): Promise<RunSummary & RunContent> {
    const [run] = await this.db.query<RunSummary & RunContent>(
      `SELECT ${RUN}, r.input, r.parameters, r.rerun_from AS "rerunFrom" FROM pipeline_run r WHERE r.id = $1`,
      [runId],
    );
    if (run === undefined) throw new RunUnknownError();
    return run;
  }

  stages(runId: string, shownMaxBytes: number = SHOWN_MAX_BYTES): Promise<readonly StageView[]> {
    return this.db.query<StageView>(STAGES, [runId, shownMaxBytes]);
  }

  /** With everything it was given and gave. */
  async stage(runId: string, position: number): Promise<StageView> {
    const [stage] = await this.db.query<StageView>(
      `SELECT ${STAGE}, false AS "isCut", s.input, s.output FROM stage_run s WHERE s.run_id = $1 AND s.position = $2`,
      [runId, position],
    );
    if (stage === undefined) throw new StageUnknownError(String(position));
    return stage;
  }

  /** The newest first. */
  async page(
    { workspaceId, without = [], pipelineId, status }: RunFilter & Reach,
    after: KeysetPosition | undefined,
    limit: number,
  ): Promise<Page<RunSummary>> {
    const rows = await this.db.query<RunSummary & { sort: string }>(
      `SELECT ${RUN}, r.created_at::text AS sort FROM pipeline_run r
        WHERE r.workspace_id = $6 AND ${pipelineId === null ? 'r.pipeline_id <> ALL ($1::uuid[])' : 'r.pipeline_id = $1'}
          AND ($2::text IS NULL OR r.status = $2) AND ($3::timestamptz IS NULL OR (r.created_at, r.id) < ($3::timestamptz, $4::uuid))
        ORDER BY r.created_at DESC, r.id DESC LIMIT $5`,
      [pipelineId ?? without, status, after?.sort ?? null, after?.id ?? null, limit + 1, workspaceId],
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? { sort: last.sort, id: last.id } : null;
    return { items, next };
  }
}
