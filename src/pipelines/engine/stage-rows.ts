import { Injectable } from '@nestjs/common';
import { Database, prepared, storableJson } from '@app/database';
import { type JsonValue, newId } from '@app/kernel';
import { type StageOutcome } from '../templates';
import { type StageKind, type StageStatus } from './run-state';

/** What a decision about a stage has to know of its row. */
export interface StageRow {
  readonly id: string;
  readonly position: number;
  readonly name: string;
  readonly kind: StageKind;
  readonly status: StageStatus;
  readonly attempt: number;
  readonly compensates: number | null;
  readonly task_id: string | null;
  readonly child_run_id: string | null;
  readonly started_at: Date | null;
}

/** A stage of which something is under way, with what is known of that. */
export interface StageUnderWay extends StageRow {
  /** Its task has ended. */
  readonly task_over: boolean;
  readonly task_status: string | null;
  readonly task_result: JsonValue;
  readonly task_error: { readonly code: string; readonly message: string } | null;
  /** Its task is not to be tried again. */
  readonly is_final: boolean;
  /** Its inner run has ended. */
  readonly run_over: boolean;
  /** Nobody waits for it any longer. */
  readonly is_overdue: boolean;
}

/** What is written of a stage. */
export interface StageWrite {
  readonly id: string;
  readonly status: StageStatus;
  readonly attempt: number;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly error?: object;
  readonly reason?: string;
  /** An attempt begins, on this task or inner run. */
  readonly begins?: boolean;
  readonly task_id?: string;
  readonly child_run_id?: string;
  /** An attempt ends. */
  readonly ends?: 'completed' | 'failed' | 'cancelled';
  /** It is looked at then. */
  readonly due_in_s?: number;
}

const ROW = `s.id, s.position, s.name, s.kind, s.status, s.attempt, s.compensates, s.task_id, s.child_run_id, s.started_at`;
const UNDER_WAY = `s.status IN ('running', 'retrying', 'waiting_approval')`;
const OVERDUE = `s.due_at <= now() AND s.status <> 'retrying'`;

const OVER = prepared(`
  SELECT * FROM (
    SELECT ${ROW}, t.finished_at IS NOT NULL AS task_over, t.status AS task_status, t.result AS task_result, t.error AS task_error, t.dead_reason IS NOT DISTINCT FROM 'not_retryable' AS is_final,
           c.finished_at IS NOT NULL AS run_over, coalesce(${OVERDUE}, false) AS is_overdue
      FROM stage_run s LEFT JOIN task t ON t.id = s.task_id LEFT JOIN pipeline_run c ON c.id = s.child_run_id
     WHERE s.run_id = $1 AND ${UNDER_WAY}) AS s
   WHERE (status = 'running' AND (task_over OR run_over)) OR is_overdue
   ORDER BY position LIMIT $2`);

const READY = prepared(`
  SELECT ${ROW} FROM stage_run s
   WHERE s.run_id = $1 AND s.status = 'pending' AND s.remaining_deps = 0
  UNION ALL
  SELECT ${ROW} FROM stage_run s WHERE s.run_id = $1 AND s.status = 'retrying' AND s.due_at <= now()
   ORDER BY position LIMIT $2`);

const WRITE = prepared(`
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g(
      id uuid, status text, attempt integer, input jsonb, output jsonb, error jsonb, reason text, begins boolean,
      task_id uuid, child_run_id uuid, ends text, due_in_s float8)
  ), written AS (
    UPDATE stage_run s
       SET status = g.status, attempt = g.attempt, version = s.version + 1, error = g.error, output = g.output,
           reason = g.reason, input = coalesce(g.input, s.input),
           task_id = CASE WHEN g.begins THEN g.task_id ELSE s.task_id END,
           child_run_id = CASE WHEN g.begins THEN g.child_run_id ELSE s.child_run_id END,
           due_at = now() + g.due_in_s * interval '1 second',
           started_at = CASE WHEN g.begins THEN coalesce(s.started_at, now()) ELSE s.started_at END,
           finished_at = CASE WHEN g.status IN ('completed', 'failed', 'skipped', 'cancelled') THEN now() END
      FROM given g WHERE s.id = g.id
  ), begun AS (
    INSERT INTO stage_attempt (stage_run_id, attempt, task_id, child_run_id)
    SELECT id, attempt, task_id, child_run_id FROM given WHERE begins
  )
  UPDATE stage_attempt a SET ended_at = now(), outcome = g.ends, error = g.error
    FROM given g WHERE a.stage_run_id = g.id AND a.attempt = g.attempt AND a.ended_at IS NULL AND g.ends IS NOT NULL`);

/** All parents that ended together, in one statement; a child of several of them is counted down by as many. */
const RELEASE = prepared(`
  UPDATE stage_run s SET remaining_deps = s.remaining_deps - c.parents, version = s.version + 1
    FROM (SELECT position, count(*)::integer AS parents FROM unnest($2::integer[]) AS g(position) GROUP BY position) AS c
   WHERE s.run_id = $1 AND s.position = c.position AND s.status = 'pending'`);

const OUTCOMES = prepared(`SELECT name, status, output FROM stage_run WHERE run_id = $1 AND name = ANY($2)`);

const SKIP_PENDING = `
  UPDATE stage_run SET status = 'skipped', reason = $2, finished_at = now(), version = version + 1
   WHERE run_id = $1 AND status = 'pending'`;

/** In the order in which what they undo was done, the last one first: each waits for the one before. */
const INSERT_COMPENSATIONS = `
  INSERT INTO stage_run (id, run_id, position, name, kind, remaining_deps, compensates)
  SELECT g.id, $1, $3 + g.place, 'compensate:' || s.name, g.kind, CASE g.place WHEN 0 THEN 0 ELSE 1 END, s.position
    FROM (SELECT s.position, c.id, c.kind, row_number() OVER (ORDER BY s.finished_at DESC, s.position DESC)::integer - 1 AS place
            FROM stage_run s
            JOIN jsonb_to_recordset($2::jsonb) AS c(id uuid, position integer, kind text) ON c.position = s.position
           WHERE s.run_id = $1 AND s.status = 'completed' AND s.compensates IS NULL AND s.reused_from IS NULL) AS g
    JOIN stage_run s ON s.run_id = $1 AND s.position = g.position`;

/** The statements about the stages of one run. */
@Injectable()
export class StageRows {
  constructor(private readonly db: Database) {}

  /** Of which something is under way that has ended, or that nobody waits for any longer. */
  over(runId: string, limit: number): Promise<readonly StageUnderWay[]> {
    return this.db.query<StageUnderWay>(OVER, [runId, limit]);
  }

  underWay(runId: string): Promise<readonly StageRow[]> {
    return this.db.query<StageRow>(
      `SELECT ${ROW} FROM stage_run s WHERE s.run_id = $1 AND ${UNDER_WAY} ORDER BY s.position`,
      [runId],
    );
  }

  /** Nothing holds them up: their turn, or the time to try again, has come. */
  ready(runId: string, limit: number): Promise<readonly StageRow[]> {
    return this.db.query<StageRow>(READY, [runId, limit]);
  }

  async find(runId: string, positionOrName: number | string): Promise<StageRow | undefined> {
    const by = typeof positionOrName === 'number' ? 's.position = $2::integer' : 's.name = $2';
    const [row] = await this.db.query<StageRow>(
      `SELECT ${ROW} FROM stage_run s WHERE s.run_id = $1 AND ${by}`,
      [runId, positionOrName],
    );
    return row;
  }

  async write(writes: readonly StageWrite[]): Promise<void> {
    if (writes.length > 0) await this.db.execute(WRITE, [storableJson(writes)]);
  }

  async release(runId: string, positions: readonly number[]): Promise<void> {
    if (positions.length > 0) await this.db.execute(RELEASE, [runId, positions]);
  }

  async skipPending(runId: string, reason: string): Promise<void> {
    await this.db.execute(SKIP_PENDING, [runId, reason]);
  }

  async insertCompensations(
    runId: string,
    total: number,
    kinds: ReadonlyMap<number, StageKind>,
  ): Promise<void> {
    const given = [...kinds].map(([position, kind]) => ({ id: newId(), position, kind }));
    await this.db.execute(INSERT_COMPENSATIONS, [runId, storableJson(given), total]);
  }

  /** How stages ended, by name: what templates may see of them. */
  async outcomes(runId: string, names: readonly string[]): Promise<Readonly<Record<string, StageOutcome>>> {
    if (names.length === 0) return {};
    const rows = await this.db.query<{ name: string; status: string; output: JsonValue }>(OUTCOMES, [
      runId,
      names,
    ]);
    return Object.fromEntries(rows.map(({ name, status, output }) => [name, toOutcome(status, output)]));
  }
}

/** What completed has an output, if only null; nothing else has one. */
const toOutcome = (status: string, output: JsonValue): StageOutcome =>
  status === 'completed' ? { status, output } : { status };
