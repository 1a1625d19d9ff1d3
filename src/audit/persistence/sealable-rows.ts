import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { MEMBER_BYTES, type Portion, portionOf, type Position, type SealKind } from '../chain/seal';
import {
  CANONICAL_CALL,
  digestOf,
  type SealedRow,
  selectionOf,
  TABLES,
  toSealedRow,
} from '../chain/sealed-row';

/** Rows under one link. */
const AUDIT_PORTION = 500;
const CALLS_PORTION = 2_000;

/** The first condition is for the index, which has the number of the transaction alone. */
const AFTER = `tx >= $1::xid8 AND (tx, entry) > ($1::xid8, $2::bigint)`;
/** Nothing that is still to come can get a place before these rows. */
const SETTLED = `tx < pg_snapshot_xmin(pg_current_snapshot())`;

/** Sorted by the columns of the portion: as text, which goes out, 9 comes after 10. */
const PORTION_OF_CALLS = `
  WITH portion AS (
    SELECT tx, entry, sha256(convert_to(${CANONICAL_CALL}, 'UTF8')) AS digest
      FROM mcp_call WHERE ${AFTER} AND ${SETTLED} ORDER BY tx, entry LIMIT ${CALLS_PORTION}
  )
  SELECT count(*)::integer AS row_count, sha256(string_agg(digest, ''::bytea ORDER BY tx, entry)) AS digest,
         string_agg(substring(digest FROM 1 FOR ${MEMBER_BYTES}), ''::bytea ORDER BY tx, entry) AS members,
         (SELECT tx::text FROM portion ORDER BY portion.tx DESC, portion.entry DESC LIMIT 1) AS last_tx,
         (SELECT entry::text FROM portion ORDER BY portion.tx DESC, portion.entry DESC LIMIT 1) AS last_entry
    FROM portion`;

interface PortionRow {
  readonly row_count: number;
  readonly digest: Buffer;
  readonly members: Buffer;
  readonly last_tx: string;
  readonly last_entry: string;
}

/** The rows of the trail as the chain sees them: in the order of (tx, entry). */
@Injectable()
export class SealableRows {
  constructor(private readonly db: Database) {}

  /** What comes next after a position, if its transactions have ended; undefined: nothing. */
  async next(kind: SealKind, after: Position): Promise<Portion | undefined> {
    return kind === 'calls' ? this.nextCalls(after) : this.nextAudit(after);
  }

  /** All rows between two positions, the second included, the first not; at most one more than `limit`. */
  async between(
    kind: SealKind,
    after: Position,
    upTo: Position,
    limit: number,
  ): Promise<readonly SealedRow[]> {
    const rows = await this.db.query<Record<string, unknown>>(
      `SELECT ${selectionOf(kind)} FROM ${TABLES[kind]} AS r
        WHERE ${AFTER} AND tx <= $3::xid8 AND (tx, entry) <= ($3::xid8, $4::bigint)
        ORDER BY r.tx, r.entry LIMIT $5`,
      [after.tx, after.entry, upTo.tx, upTo.entry, limit + 1],
    );
    return rows.map(toSealedRow);
  }

  /** Rows up to a position; there are none when what stood there was removed. */
  async isAny(kind: SealKind, upTo: Position): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT FROM ${TABLES[kind]} WHERE tx <= $1::xid8 AND (tx, entry) <= ($1::xid8, $2::bigint) LIMIT 1`,
      [upTo.tx, upTo.entry],
    );
    return rows.length > 0;
  }

  /** Rows that no link covers, and since when the oldest of them is there. */
  async unsealed(kind: SealKind, after: Position): Promise<{ count: number; oldestAt: Date | null }> {
    const [row] = await this.db.query<{ count: number; oldest_at: Date | null }>(
      `SELECT count(*)::integer AS count, min(at) AS oldest_at FROM ${TABLES[kind]} WHERE ${AFTER}`,
      [after.tx, after.entry],
    );
    return { count: row?.count ?? 0, oldestAt: row?.oldest_at ?? null };
  }

  /**
   * Numbers of transactions never go back in one cluster. A database that was restored from a dump into another cluster holds
   * numbers from the future: its new rows would stand before the sealed ones.
   */
  async isFromElsewhere(position: Position): Promise<boolean> {
    const [row] = await this.db.query<{ elsewhere: boolean }>(
      `SELECT $1::xid8 >= pg_snapshot_xmax(pg_current_snapshot()) AS elsewhere`,
      [position.tx],
    );
    return row?.elsewhere ?? false;
  }

  private async nextAudit(after: Position): Promise<Portion | undefined> {
    const raw = await this.db.query<Record<string, unknown>>(
      `SELECT ${selectionOf('audit')} FROM audit AS r WHERE ${AFTER} AND ${SETTLED}
        ORDER BY r.tx, r.entry LIMIT ${AUDIT_PORTION}`,
      [after.tx, after.entry],
    );
    const rows = raw.map(toSealedRow);
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    return portionOf(rows.map(digestOf), { tx: last.tx, entry: last.entry });
  }

  private async nextCalls(after: Position): Promise<Portion | undefined> {
    const [row] = await this.db.query<PortionRow>(PORTION_OF_CALLS, [after.tx, after.entry]);
    if (row === undefined || row.row_count === 0) return undefined;
    const { row_count: rowCount, digest, members, last_tx: tx, last_entry: entry } = row;
    return { rowCount, digest, members, last: { tx, entry } };
  }
}
