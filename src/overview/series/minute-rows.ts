import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { DURATION_BOUNDS_MS, DURATION_CELLS } from './durations';

export interface Minute {
  readonly at: Date;
  readonly calls: number;
  readonly failed: number;
  readonly durations: readonly number[];
  readonly waitingTasks: number;
}

/** As long as the longest range that is drawn, and a day for whoever looks at its edge. */
const KEPT_DAYS = 8;
/** Records of calls are written a moment after the call, and while the database is away minutes after. */
const COUNT_AGAIN_MINUTES = 3;
/** One pass counts no more, so that a server that was off for a week catches up in many small steps. */
const PASS_MINUTES = 60;
/** Any number that nothing else in the database uses: one process counts at a time. */
const LOCK = 7_102_250_420;

const bounds = `ARRAY[${DURATION_BOUNDS_MS.join(',')}]::float8[]`;

/** Adds up each minute anew, as often as it is asked: counted twice it is the same. */
const COUNT = `
  WITH call AS (
    SELECT workspace_id, date_trunc('minute', at) AS minute, outcome, width_bucket(duration_ms::float8, ${bounds}) AS cell
      FROM mcp_call WHERE at >= $1 AND at < $2 AND method = 'tools/call' AND outcome <> 'denied'),
  cells AS (
    SELECT workspace_id, minute, cell, count(*)::int AS calls, (count(*) FILTER (WHERE outcome <> 'ok'))::int AS failed
      FROM call GROUP BY 1, 2, 3),
  keys AS (SELECT DISTINCT workspace_id, minute FROM cells)
  INSERT INTO overview_minute (workspace_id, minute, calls, failed, durations)
  SELECT k.workspace_id, k.minute, sum(coalesce(c.calls, 0)), sum(coalesce(c.failed, 0)),
         array_agg(coalesce(c.calls, 0) ORDER BY n.cell)
    FROM keys k CROSS JOIN generate_series(0, ${DURATION_CELLS - 1}) AS n (cell)
    LEFT JOIN cells c ON c.workspace_id = k.workspace_id AND c.minute = k.minute AND c.cell = n.cell
   GROUP BY 1, 2
  ON CONFLICT (workspace_id, minute) DO UPDATE
     SET calls = excluded.calls, failed = excluded.failed, durations = excluded.durations`;

/** The index of waiting tasks holds no others. */
const LOOK_AT_TASKS = `
  INSERT INTO overview_minute (workspace_id, minute, waiting_tasks)
  SELECT workspace_id, date_trunc('minute', now()), count(*)::int
    FROM task WHERE status IN ('pending', 'retrying') GROUP BY 1
  ON CONFLICT (workspace_id, minute) DO UPDATE
     SET waiting_tasks = greatest(overview_minute.waiting_tasks, excluded.waiting_tasks)`;

const MARK = `
  SELECT from_at, least(date_trunc('minute', now()), from_at + $1 * interval '1 minute') AS until_at
    FROM (SELECT coalesce((SELECT counted_until - $2 * interval '1 minute' FROM overview_mark),
                          date_trunc('minute', greatest((SELECT min(at) FROM mcp_call), now() - $3 * interval '1 day')),
                          date_trunc('minute', now())) AS from_at) AS mark`;

/** The statements about minutes. */
@Injectable()
export class MinuteRows {
  constructor(private readonly db: Database) {}

  /** False where another process counts just now. */
  count(): Promise<boolean> {
    return this.db.transaction(async () => {
      const [held] = await this.db.query<{ held: boolean }>(`SELECT pg_try_advisory_xact_lock($1) AS held`, [
        LOCK,
      ]);
      if (held?.held !== true) return false;
      await this.countCalls();
      await this.db.execute(LOOK_AT_TASKS);
      await this.db.execute(`DELETE FROM overview_minute WHERE minute < now() - $1 * interval '1 day'`, [
        KEPT_DAYS,
      ]);
      return true;
    });
  }

  between(workspaceId: string, from: Date, until: Date): Promise<readonly Minute[]> {
    return this.db.query<Minute>(
      `SELECT minute AS at, calls, failed, durations, waiting_tasks AS "waitingTasks"
         FROM overview_minute WHERE workspace_id = $1 AND minute >= $2 AND minute < $3 ORDER BY minute`,
      [workspaceId, from, until],
    );
  }

  private async countCalls(): Promise<void> {
    const [mark] = await this.db.query<{ from_at: Date; until_at: Date }>(MARK, [
      ...[PASS_MINUTES, COUNT_AGAIN_MINUTES, KEPT_DAYS],
    ]);
    if (mark === undefined) return;
    await this.db.execute(COUNT, [mark.from_at, mark.until_at]);
    await this.db.execute(
      `INSERT INTO overview_mark (counted_until) VALUES ($1)
       ON CONFLICT (one) DO UPDATE SET counted_until = excluded.counted_until`,
      [mark.until_at],
    );
  }
}
