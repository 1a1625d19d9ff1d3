import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Segment, type StoredSegment } from '../chain/segment';

/** More than a trail has in 25 years of days. */
const SEGMENTS_MAX = 10_000;
/** Rows that one statement removes: far below the time a statement may take. */
const PORTION = 5_000;
/** The same bounds as in audit_forget_segment, which has the last word. */
const RETENTION_DAYS = `greatest(30, coalesce((SELECT (value #>> '{}')::integer FROM setting WHERE name = 'audit_retention_days'), 365))`;

interface SegmentRow {
  readonly number: number;
  readonly first_sequence: string;
  readonly last_sequence: string;
  readonly audit_rows: string;
  readonly call_rows: string;
  readonly audit_tx: string;
  readonly audit_entry: string;
  readonly call_tx: string;
  readonly call_entry: string;
  readonly digest: Buffer;
  readonly first_previous: Buffer;
  readonly last_hash: Buffer;
  readonly opened_at: Date;
  readonly closed_at: Date;
  readonly key_id: string;
  readonly previous: Buffer;
  readonly signature: Buffer;
  readonly removed_at: Date | null;
}

/** What a segment would say that ends at the last link there is now. */
export type OpenSegment = Omit<Segment, 'number' | 'keyId' | 'previous' | 'signature'> & {
  readonly links: number;
};

@Injectable()
export class SegmentStore {
  constructor(private readonly db: Database) {}

  async all(): Promise<readonly StoredSegment[]> {
    const rows = await this.db.query<SegmentRow>(
      `SELECT number, first_sequence, last_sequence, audit_rows, call_rows, audit_tx::text, audit_entry, call_tx::text,
              call_entry, digest, first_previous, last_hash, opened_at, closed_at, key_id, previous, signature, removed_at
         FROM audit_segment LEFT JOIN audit_removal ON segment = number ORDER BY number LIMIT ${SEGMENTS_MAX}`,
    );
    return rows.map(toSegment);
  }

  /** The links after the last segment; undefined: there are none. */
  async open(): Promise<OpenSegment | undefined> {
    const [row] = await this.db.query<SegmentRow & { links: number }>(
      `WITH open AS (
         SELECT * FROM audit_seal WHERE sequence > coalesce((SELECT max(last_sequence) FROM audit_segment), 0)
       ), last AS (SELECT * FROM open ORDER BY sequence DESC LIMIT 1)
       SELECT count(*)::integer AS links, min(open.sequence) AS first_sequence, max(open.sequence) AS last_sequence,
              coalesce(sum(open.row_count) FILTER (WHERE open.kind = 'audit'), 0) AS audit_rows,
              coalesce(sum(open.row_count) FILTER (WHERE open.kind = 'calls'), 0) AS call_rows,
              last.audit_tx::text, last.audit_entry, last.call_tx::text, last.call_entry,
              sha256(string_agg(open.hash, ''::bytea ORDER BY open.sequence)) AS digest,
              (array_agg(open.previous ORDER BY open.sequence))[1] AS first_previous, last.hash AS last_hash,
              min(open.sealed_at) AS opened_at, max(open.sealed_at) AS closed_at
         FROM open, last GROUP BY last.audit_tx, last.audit_entry, last.call_tx, last.call_entry, last.hash`,
    );
    return row === undefined ? undefined : { ...toSummary(row), links: row.links };
  }

  /** When the oldest link was made that no segment holds; null: there is none. Cheap, so it is asked often. */
  async openSince(): Promise<{ at: Date | null; links: number }> {
    const [row] = await this.db.query<{ at: Date | null; links: number }>(
      `WITH done AS (SELECT coalesce(max(last_sequence), 0) AS last FROM audit_segment)
       SELECT (SELECT sealed_at FROM audit_seal, done WHERE sequence > done.last ORDER BY sequence LIMIT 1) AS at,
              (coalesce((SELECT max(sequence) FROM audit_seal), done.last) - done.last)::integer AS links FROM done`,
    );
    return { at: row?.at ?? null, links: row?.links ?? 0 };
  }

  async insert(segment: Segment): Promise<void> {
    const { audit, calls } = segment.upTo;
    await this.db.execute(
      `INSERT INTO audit_segment (number, first_sequence, last_sequence, audit_rows, call_rows, audit_tx, audit_entry,
         call_tx, call_entry, digest, first_previous, last_hash, opened_at, closed_at, key_id, previous, signature)
       VALUES ($1, $2, $3, $4, $5, $6::xid8, $7, $8::xid8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       ON CONFLICT DO NOTHING`,
      [
        ...[segment.number, segment.firstSequence, segment.lastSequence, segment.auditRows, segment.callRows],
        ...[audit.tx, audit.entry, calls.tx, calls.entry, segment.digest, segment.firstPrevious],
        ...[segment.lastHash, segment.openedAt, segment.closedAt, segment.keyId, segment.previous],
        segment.signature,
      ],
    );
  }

  /** The oldest segment that is still there, if its time is over. */
  async due(): Promise<StoredSegment | undefined> {
    const [row] = await this.db.query<{ number: number }>(
      `SELECT number FROM (SELECT number, closed_at FROM audit_segment
                            WHERE NOT EXISTS (SELECT FROM audit_removal WHERE segment = number)
                            ORDER BY number LIMIT 1) AS oldest
        WHERE closed_at <= now() - make_interval(days => ${RETENTION_DAYS})`,
    );
    return row === undefined ? undefined : (await this.all()).find(({ number }) => number === row.number);
  }

  /** Removed segments of which rows may be left: a removal that a crash cut short goes on. */
  async removedLast(): Promise<number | undefined> {
    const [row] = await this.db.query<{ segment: number }>(
      `SELECT segment FROM audit_removal ORDER BY segment DESC LIMIT 1`,
    );
    return row?.segment;
  }

  /** Removes some of its rows; 0: none are left. */
  async forget(number: number): Promise<number> {
    const [row] = await this.db.query<{ gone: string }>(`SELECT audit_forget_segment($1, $2) AS gone`, [
      number,
      PORTION,
    ]);
    return Number(row?.gone ?? 0);
  }
}

const toSummary = (row: SegmentRow) => ({
  firstSequence: Number(row.first_sequence),
  lastSequence: Number(row.last_sequence),
  auditRows: Number(row.audit_rows),
  callRows: Number(row.call_rows),
  upTo: {
    audit: { tx: row.audit_tx, entry: row.audit_entry },
    calls: { tx: row.call_tx, entry: row.call_entry },
  },
  digest: row.digest,
  firstPrevious: row.first_previous,
  lastHash: row.last_hash,
  openedAt: row.opened_at,
  closedAt: row.closed_at,
});

const toSegment = (row: SegmentRow): StoredSegment => ({
  ...toSummary(row),
  number: row.number,
  keyId: row.key_id,
  previous: row.previous,
  signature: row.signature,
  removedAt: row.removed_at,
});
