import { type Database, isUniqueViolation } from '@app/database';

import { toRecordedEvent, type EventRow, type RecordedEvent } from './recorded-event';

/** Any number that nothing else in the database uses: the lock of the one who numbers. */
const SEQUENCER_LOCK = 7_102_250_418;
/** Rows that nobody took away for this long were left by a relay that died or could not send. */
const ABANDONED_AFTER_S = 3;

export interface OutboxEntry {
  readonly outboxId: string;
  readonly event: RecordedEvent;
}

export interface OutboxMeasure {
  readonly isEmpty: boolean;
  /** Age of the oldest row that waits. */
  readonly lagMs: number;
  /** Some rows wait only for an older transaction to end. */
  readonly isBlocked: boolean;
}

interface MeasureRow {
  readonly lag_ms: number | null;
  readonly is_blocked: boolean;
}

const MEASURE = `
  SELECT (extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::float8 AS lag_ms,
         coalesce(bool_or(tx >= pg_snapshot_xmin(pg_current_snapshot())), false) AS is_blocked
    FROM outbox`;

const toMeasure = (row: MeasureRow | undefined): OutboxMeasure => ({
  isEmpty: (row?.lag_ms ?? null) === null,
  lagMs: Math.max(0, Math.round(row?.lag_ms ?? 0)),
  isBlocked: row?.is_blocked ?? false,
});

type EntryRow = EventRow & { readonly outbox_id: string };

const toEntry = (row: EntryRow): OutboxEntry => ({ outboxId: row.outbox_id, event: toRecordedEvent(row) });

/** The statements of the relay. Each is its own transaction: none stays open while the queue is spoken to. */
export class OutboxStore {
  constructor(private readonly db: Database) {}

  /**
   * Gives the next events their public numbers. Only rows of transactions older than every running one are taken: no row
   * that could still become visible can belong before them. One sequencer at a time; one that begins just as another ends
   * does not see yet what that one gave, and the unique number refuses it: then there is nothing to take this time.
   */
  async number(limit: number): Promise<readonly OutboxEntry[]> {
    try {
      return (await this.db.query<EntryRow>(NUMBER, [limit, SEQUENCER_LOCK])).map(toEntry);
    } catch (error) {
      if (isUniqueViolation(error)) return [];
      throw error;
    }
  }

  /** Numbered long ago and still here, oldest first. */
  async abandoned(limit: number): Promise<readonly OutboxEntry[]> {
    const rows = await this.db.query<EntryRow>(
      `SELECT o.id AS outbox_id, e.* FROM outbox o JOIN domain_event e ON e.id = o.event_id
        WHERE e.sequence IS NOT NULL AND o.created_at < now() - make_interval(secs => $1)
        ORDER BY e.sequence LIMIT $2`,
      [ABANDONED_AFTER_S, limit],
    );
    return rows.map(toEntry);
  }

  /** Takes away what was sent, and measures the rest: each round asks both. */
  async delete(outboxIds: readonly string[]): Promise<OutboxMeasure> {
    const [row] = await this.db.query<MeasureRow>(
      `WITH sent AS (DELETE FROM outbox WHERE id = ANY($1::bigint[])) ${MEASURE} WHERE id <> ALL($1::bigint[])`,
      [outboxIds],
    );
    return toMeasure(row);
  }

  async measure(): Promise<OutboxMeasure> {
    const [row] = await this.db.query<MeasureRow>(MEASURE);
    return toMeasure(row);
  }

  async pendingCount(): Promise<number> {
    const [row] = await this.db.query<{ count: string }>(`SELECT count(*) AS count FROM outbox`);
    return Number(row?.count ?? 0);
  }
}

/**
 * The sequence object only remembers the last number given when retention has emptied the log; the highest number in the
 * log decides otherwise, so that a number whose transaction failed is given again and the log has no hole.
 */
const NUMBER = `
  WITH turn AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($2) AS taken
  ), next AS (
    SELECT o.id AS outbox_id, o.event_id, row_number() OVER (ORDER BY o.id) AS place
      FROM outbox o JOIN domain_event e ON e.id = o.event_id
     WHERE (SELECT taken FROM turn) AND e.sequence IS NULL AND o.tx < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY o.id LIMIT $1
  ), base AS (
    SELECT coalesce((SELECT max(sequence) FROM domain_event),
                    (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM domain_event_sequence)) AS last
  ), given AS (
    UPDATE domain_event e SET sequence = base.last + next.place FROM next, base
     WHERE e.id = next.event_id AND e.sequence IS NULL
    RETURNING e.*
  ), remembered AS (
    SELECT setval('domain_event_sequence', max(sequence)) AS last FROM given
  )
  SELECT next.outbox_id, given.*, (SELECT last FROM remembered) AS remembered
    FROM given JOIN next ON next.event_id = given.id ORDER BY given.sequence`;
