import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type SlotDecision } from './decide-slots';
import { type Schedule, type Slot } from './schedule';

interface ScheduleRow extends Omit<Schedule, 'notification'> {
  readonly notification: Schedule['notification'] | null;
}

const COLUMNS = `id, workspace_id AS "workspaceId", pipeline_id AS "pipelineId", cron, timezone, overlap, missed, input,
  parameters, notification, enabled, next_at AS "nextAt", owner, created_by AS "createdBy", created_at AS "createdAt"`;

/** Runs of a schedule that have not ended. */
const LIVE = `SELECT r.id FROM pipeline_slot o JOIN pipeline_run r ON r.id = o.run_id
  WHERE o.schedule_id = s.id AND r.finished_at IS NULL`;
const WAITING = `SELECT 1 FROM pipeline_slot q WHERE q.schedule_id = s.id AND q.outcome = 'queued'`;

/** How long it is told what became of a slot. */
const SLOTS_KEPT = '30 days';

/** SQL of schedules; joins the caller's transaction. */
@Injectable()
export class ScheduleRows {
  constructor(private readonly db: Database) {}

  async insert(schedule: Omit<Schedule, 'createdAt'>): Promise<void> {
    const { id, workspaceId, pipelineId, cron, timezone, overlap, missed, notification } = schedule;
    await this.db.execute(
      `INSERT INTO pipeline_schedule (id, workspace_id, pipeline_id, cron, timezone, overlap, missed, input, parameters,
                                      notification, enabled, next_at, owner, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10::jsonb, $11, $12, $13::jsonb, $14)`,
      [
        ...[id, workspaceId, pipelineId, cron, timezone, overlap, missed],
        ...[storableJson(schedule.input), storableJson(schedule.parameters)],
        notification === undefined ? null : storableJson(notification),
        ...[schedule.enabled, schedule.nextAt, JSON.stringify(schedule.owner), schedule.createdBy],
      ],
    );
  }

  /** In the order of their making; bounded by how many a pipeline may have. */
  async of(pipelineId: string): Promise<readonly Schedule[]> {
    const rows = await this.db.query<ScheduleRow>(
      `SELECT ${COLUMNS} FROM pipeline_schedule WHERE pipeline_id = $1 ORDER BY created_at, id`,
      [pipelineId],
    );
    return rows.map(toSchedule);
  }

  async find(pipelineId: string, id: string): Promise<Schedule | undefined> {
    const [row] = await this.db.query<ScheduleRow>(
      `SELECT ${COLUMNS} FROM pipeline_schedule WHERE pipeline_id = $1 AND id = $2`,
      [pipelineId, id],
    );
    return row && toSchedule(row);
  }

  /** Until the end of the transaction its slots are not settled. */
  async lock(pipelineId: string, id: string): Promise<Schedule | undefined> {
    const [row] = await this.db.query<ScheduleRow>(
      `SELECT ${COLUMNS} FROM pipeline_schedule WHERE pipeline_id = $1 AND id = $2 FOR UPDATE`,
      [pipelineId, id],
    );
    return row && toSchedule(row);
  }

  async update(schedule: Schedule): Promise<void> {
    const { id, cron, timezone, overlap, missed, notification } = schedule;
    await this.db.execute(
      `UPDATE pipeline_schedule SET cron = $2, timezone = $3, overlap = $4, missed = $5, input = $6::jsonb,
              parameters = $7::jsonb, notification = $8::jsonb, enabled = $9, next_at = $10, owner = $11::jsonb,
              created_by = $12 WHERE id = $1`,
      [
        ...[
          id,
          cron,
          timezone,
          overlap,
          missed,
          storableJson(schedule.input),
          storableJson(schedule.parameters),
        ],
        notification === undefined ? null : storableJson(notification),
        ...[schedule.enabled, schedule.nextAt, JSON.stringify(schedule.owner), schedule.createdBy],
      ],
    );
  }

  /** Slots that waited for their turn do not get it any more. */
  async letGo(id: string): Promise<void> {
    await this.db.execute(
      `UPDATE pipeline_slot SET outcome = 'missed', decided_at = now() WHERE schedule_id = $1 AND outcome = 'queued'`,
      [id],
    );
  }

  remove(id: string): Promise<number> {
    return this.db.execute(`DELETE FROM pipeline_schedule WHERE id = $1`, [id]);
  }

  /** Newest first. */
  async slots(scheduleId: string, limit: number): Promise<readonly Slot[]> {
    return this.db.query<Slot>(
      `SELECT slot, outcome, run_id AS "runId", error FROM pipeline_slot WHERE schedule_id = $1 ORDER BY slot DESC LIMIT $2`,
      [scheduleId, limit],
    );
  }

  /** Until the next one is due, null: none ever is; and whether a slot that waited for a run has its turn. */
  async outlook(): Promise<{ readonly dueMs: number | null; readonly isWaiting: boolean }> {
    const [row] = await this.db.query<{ dueMs: number | null; isWaiting: boolean }>(
      `SELECT (extract(epoch FROM (SELECT min(next_at) FROM pipeline_schedule) - now()) * 1000)::float8 AS "dueMs",
              EXISTS (SELECT FROM pipeline_schedule s WHERE EXISTS (${WAITING}) AND NOT EXISTS (${LIVE})) AS "isWaiting"`,
    );
    return row ?? { dueMs: null, isWaiting: false };
  }

  /** One that is due; others who look at the same time take another one. */
  async claimDue(): Promise<(Schedule & { readonly now: Date }) | undefined> {
    const [row] = await this.db.query<ScheduleRow & { now: Date }>(
      `SELECT ${COLUMNS}, now() AS now FROM pipeline_schedule s WHERE next_at <= now()
        ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    return row && { ...toSchedule(row), now: row.now };
  }

  /** One with a slot whose turn has come: nothing before it goes on. */
  async claimWaiting(): Promise<(Schedule & { readonly slot: Date }) | undefined> {
    const [row] = await this.db.query<ScheduleRow>(
      `SELECT ${COLUMNS} FROM pipeline_schedule s WHERE EXISTS (${WAITING}) AND NOT EXISTS (${LIVE})
        LIMIT 1 FOR UPDATE SKIP LOCKED`,
    );
    if (row === undefined) return undefined;
    // Asked again under the lock: another worker may have started it between the look and the lock.
    const [first] = await this.db.query<{ slot: Date }>(
      `SELECT q.slot FROM pipeline_slot q JOIN pipeline_schedule s ON s.id = q.schedule_id
        WHERE s.id = $1 AND q.outcome = 'queued' AND NOT EXISTS (${LIVE}) ORDER BY q.slot LIMIT 1`,
      [row.id],
    );
    return first && { ...toSchedule(row), slot: first.slot };
  }

  async liveRuns(scheduleId: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT l.id FROM pipeline_schedule s CROSS JOIN LATERAL (${LIVE}) l WHERE s.id = $1`,
      [scheduleId],
    );
    return rows.map(({ id }) => id);
  }

  async queued(scheduleId: string): Promise<number> {
    const [row] = await this.db.query<{ queued: number }>(
      `SELECT count(*)::integer AS queued FROM pipeline_slot WHERE schedule_id = $1 AND outcome = 'queued'`,
      [scheduleId],
    );
    return row?.queued ?? 0;
  }

  async note(scheduleId: string, decisions: readonly SlotDecision[]): Promise<void> {
    await this.db.execute(
      `INSERT INTO pipeline_slot (schedule_id, slot, outcome)
       SELECT $1, d.slot, d.outcome FROM unnest($2::timestamptz[], $3::text[]) AS d (slot, outcome)
       ON CONFLICT DO NOTHING`,
      [scheduleId, decisions.map(({ slot }) => slot), decisions.map(({ outcome }) => outcome)],
    );
    await this.db.execute(
      `DELETE FROM pipeline_slot WHERE schedule_id = $1 AND slot < now() - interval '${SLOTS_KEPT}' AND outcome <> 'queued'`,
      [scheduleId],
    );
  }

  async began(scheduleId: string, slot: Date, runId: string): Promise<void> {
    await this.db.execute(
      `UPDATE pipeline_slot SET outcome = 'started', run_id = $3, decided_at = now() WHERE schedule_id = $1 AND slot = $2`,
      [scheduleId, slot, runId],
    );
  }

  async failed(scheduleId: string, slot: Date, error: object): Promise<void> {
    await this.db.execute(
      `UPDATE pipeline_slot SET outcome = 'failed', error = $3::jsonb, decided_at = now()
        WHERE schedule_id = $1 AND slot = $2`,
      [scheduleId, slot, storableJson(error)],
    );
  }

  async moveOn(scheduleId: string, nextAt: Date | null): Promise<void> {
    await this.db.execute(`UPDATE pipeline_schedule SET next_at = $2 WHERE id = $1`, [scheduleId, nextAt]);
  }
}

const toSchedule = ({ notification, ...row }: ScheduleRow): Schedule => ({
  ...row,
  ...(notification === null ? {} : { notification }),
});
