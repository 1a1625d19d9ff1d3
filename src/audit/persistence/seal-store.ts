import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation } from '@app/database';
import { EMPTY, type Head, type Positions, type Seal, type SealKind } from '../chain/seal';

interface SealRow {
  readonly sequence: string;
  readonly kind: SealKind;
  readonly key_id: string;
  readonly row_count: number;
  readonly audit_tx: string;
  readonly audit_entry: string;
  readonly call_tx: string;
  readonly call_entry: string;
  readonly digest: Buffer;
  readonly members: Buffer;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly sealed_at: Date;
}

const COLUMNS = `sequence, kind, key_id, row_count, audit_tx::text, audit_entry, call_tx::text, call_entry, digest, members,
  previous, hash, sealed_at`;

const INSERT = `
  INSERT INTO audit_seal (sequence, kind, key_id, row_count, audit_tx, audit_entry, call_tx, call_entry, digest, members,
                          previous, hash, sealed_at)
  VALUES ($1, $2, $3, $4, $5::xid8, $6, $7::xid8, $8, $9, $10, $11, $12, $13)`;

@Injectable()
export class SealStore {
  constructor(private readonly db: Database) {}

  /** The last link, or the last segment's word for it when its links are gone. */
  async head(): Promise<Head> {
    const [row] = await this.db.query<Omit<SealRow, 'digest'>>(
      `SELECT sequence, hash, audit_tx, audit_entry, call_tx, call_entry FROM (
         SELECT sequence, hash, audit_tx::text, audit_entry, call_tx::text, call_entry FROM audit_seal
         UNION ALL
         SELECT last_sequence, last_hash, audit_tx::text, audit_entry, call_tx::text, call_entry FROM audit_segment) AS known
        ORDER BY sequence DESC LIMIT 1`,
    );
    if (row === undefined) return EMPTY;
    return { sequence: Number(row.sequence), hash: row.hash, upTo: positionsOf(row) };
  }

  /** false: somebody else made a link with this number; one place of the chain has one link. */
  async append(seal: Seal): Promise<boolean> {
    const { audit, calls } = seal.upTo;
    try {
      await this.db.execute(INSERT, [
        ...[seal.sequence, seal.kind, seal.keyId, seal.rowCount],
        ...[audit.tx, audit.entry, calls.tx, calls.entry],
        ...[seal.digest, seal.members, seal.previous, seal.hash, seal.sealedAt],
      ]);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Links from a number on, in their order. */
  async from(sequence: number, limit: number): Promise<readonly Seal[]> {
    const rows = await this.db.query<SealRow>(
      `SELECT ${COLUMNS} FROM audit_seal WHERE sequence >= $1 ORDER BY sequence LIMIT $2`,
      [sequence, limit],
    );
    return rows.map(toSeal);
  }

  /** The link that says it follows this hash, wherever it stands. */
  async follower(hash: Buffer): Promise<Seal | undefined> {
    const [row] = await this.db.query<SealRow>(
      `SELECT ${COLUMNS} FROM audit_seal WHERE previous = $1 ORDER BY sequence LIMIT 1`,
      [hash],
    );
    return row === undefined ? undefined : toSeal(row);
  }
}

const positionsOf = (
  row: Pick<SealRow, 'audit_tx' | 'audit_entry' | 'call_tx' | 'call_entry'>,
): Positions => ({
  audit: { tx: row.audit_tx, entry: row.audit_entry },
  calls: { tx: row.call_tx, entry: row.call_entry },
});

const toSeal = (row: SealRow): Seal => ({
  sequence: Number(row.sequence),
  kind: row.kind,
  keyId: row.key_id,
  rowCount: row.row_count,
  upTo: positionsOf(row),
  digest: row.digest,
  members: row.members,
  previous: row.previous,
  hash: row.hash,
  sealedAt: row.sealed_at,
});
