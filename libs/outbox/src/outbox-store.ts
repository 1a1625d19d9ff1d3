import { type Database, isUniqueViolation, prepared } from '@app/database';

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
const MEASURE_ALL = prepared(MEASURE);
const DELETE = prepared(`DELETE FROM outbox WHERE id = ANY($1::bigint[])`);

const toMeasure = (row: MeasureRow | undefined): OutboxMeasure => ({
  isEmpty: (row?.lag_ms ?? null) === null,
  lagMs: Math.max(0, Math.round(row?.lag_ms ?? 0)),
  isBlocked: row?.is_blocked ?? false,
});

type EntryRow = EventRow & { readonly outbox_id: string };
type NumberedRow = MeasureRow & (EntryRow | { readonly outbox_id: null });

export interface Numbered {
  readonly entries: readonly OutboxEntry[];
  /** Of what got no number this time. */
  readonly left: OutboxMeasure;
}

const toEntry = (row: EntryRow): OutboxEntry => ({ outboxId: row.outbox_id, event: toRecordedEvent(row) });

/** The statements of the relay. Each is its own transaction: none stays open while the queue is spoken to. */
export class OutboxStore {
  constructor(private readonly db: Database) {}

  /**
   * Gives the next events their public numbers. Only rows of transactions older than every running one are taken: no row
   * that could still become visible can belong before them. One sequencer at a time; one that begins just as another ends
   * does not see yet what that one gave, and the unique number refuses it: then there is nothing to take this time.
   */
  async number(limit: number): Promise<Numbered> {
    try {
      const rows = await this.db.query<NumberedRow>(NUMBER, [limit, SEQUENCER_LOCK]);
      const entries = rows.flatMap((row) => (row.outbox_id === null ? [] : [toEntry(row)]));
      return { entries, left: toMeasure(rows[0]) };
    } catch (error) {
      if (isUniqueViolation(error)) return { entries: [], left: await this.measure() };
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

  /** Takes away what was sent. */
  async delete(outboxIds: readonly string[]): Promise<void> {
    await this.db.execute(DELETE, [outboxIds]);
  }

  async measure(): Promise<OutboxMeasure> {
    const [row] = await this.db.query<MeasureRow>(MEASURE_ALL);
    return toMeasure(row);
  }

  async pendingCount(): Promise<number> {
    const [row] = await this.db.query<{ count: string }>(`SELECT count(*) AS count FROM outbox`);
    return Number(row?.count ?? 0);
  }
}

/**
 * The sequence object only remembers the last number given when retention has emptied the log; the highest number in the
 * log decides otherwise, so that a number whose transaction failed is given again and the log has no hole. What is left is
 * measured by the same statement: each round asks both.
 */
const NUMBER = prepared(`
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
  SELECT numbered.*, measured.lag_ms, measured.is_blocked, (SELECT last FROM remembered) AS remembered
    FROM (${MEASURE} WHERE id NOT IN (SELECT outbox_id FROM next)) AS measured
    LEFT JOIN (SELECT next.outbox_id, given.* FROM given JOIN next ON next.event_id = given.id) AS numbered ON true
   ORDER BY numbered.sequence`);
