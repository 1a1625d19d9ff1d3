import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@app/database';
import { type JsonObject } from '@app/kernel';

export interface Sealed {
  readonly ciphertext: Buffer;
  readonly wrapped_key: Buffer;
  readonly kid: string;
}
export interface WrappedVersion extends Sealed {
  readonly id: string;
  readonly scope: string;
  readonly name: string;
  readonly version: number;
}
export interface RotationRow {
  readonly operation_id: string;
  readonly kid: string;
  readonly status: 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly rewrapped: number;
  readonly failed: number;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}
export interface IssuerSecret extends Sealed {
  readonly issuer_id: string;
  readonly kind: string;
}
export interface VersionPlace {
  readonly id: string;
  readonly version: number;
}

const ROTATIONS = `
  SELECT r.operation_id, r.kid, o.status, r.rewrapped, r.failed, r.started_at, o.finished_at
    FROM key_rotation r JOIN operation o ON o.id = r.operation_id`;
/** One number for the lock under which a rotation begins; it means nothing else anywhere. */
const BEGIN_LOCK = 7_402_912;
/** More than there are issuers that anybody trusts. */
const ISSUER_SECRETS_MAX = 1_000;
const FIRST: VersionPlace = { id: '00000000-0000-0000-0000-000000000000', version: 0 };

/** SQL of the rotation of master keys; joins the caller's transaction. */
@Injectable()
export class KeyringRows {
  constructor(private readonly db: Database) {}

  /** How many values each key wraps: versions of secrets, and the secrets of trusted issuers. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.query<{ kid: string; count: number }>(
      `SELECT kid, sum(count)::int AS count
         FROM (SELECT kid, count(*) AS count FROM secret_version GROUP BY kid UNION ALL
               SELECT kid, count(*) AS count FROM trusted_issuer_secret GROUP BY kid) AS wrapped GROUP BY kid`,
    );
    return new Map(rows.map(({ kid, count }) => [kid, count]));
  }

  /** The key of the root, and how many API keys were made before there was a root. */
  async root(): Promise<{ readonly kid: string; readonly older_keys: number } | undefined> {
    const [row] = await this.db.query<{ kid: string; older_keys: number }>(
      `SELECT r.kid, (SELECT count(*)::int FROM api_key k WHERE k.created_at < r.created_at AND k.revoked_at IS NULL
                        AND (k.expires_at IS NULL OR k.expires_at > now())) AS older_keys
         FROM installation_root r`,
    );
    return row;
  }

  async latest(): Promise<RotationRow | undefined> {
    const [row] = await this.db.query<RotationRow>(`${ROTATIONS} ORDER BY r.started_at DESC LIMIT 1`);
    return row;
  }

  async open(): Promise<RotationRow | undefined> {
    const [row] = await this.db.query<RotationRow>(
      `${ROTATIONS} WHERE o.status IN ('pending', 'running') ORDER BY r.started_at DESC LIMIT 1`,
    );
    return row;
  }

  /** Rotations begin one after the other. */
  async lockBeginning(): Promise<void> {
    await this.db.query(`SELECT pg_advisory_xact_lock(${BEGIN_LOCK})`);
  }

  async begin(kid: string): Promise<string> {
    const id = randomUUID();
    await this.db.execute(
      `WITH o AS (INSERT INTO operation (id, kind, resource_type, resource_id, resource_name, generation)
                  VALUES ($1, 'rotate_key', 'keyring', $1, $2, 1) RETURNING id)
       INSERT INTO key_rotation (operation_id, kid) SELECT id, $2 FROM o`,
      [id, kid],
    );
    return id;
  }

  /** Versions that another key than these wraps, in the order of their places. */
  after(
    place: VersionPlace | undefined,
    present: readonly string[],
    limit: number,
  ): Promise<WrappedVersion[]> {
    const { id, version } = place ?? FIRST;
    return this.db.query<WrappedVersion>(
      `SELECT s.id, s.scope, s.name, v.version, v.ciphertext, v.wrapped_key, v.kid
         FROM secret_version v JOIN secret s ON s.id = v.secret_id
        WHERE v.kid <> ALL($1::text[]) AND (v.secret_id, v.version) > ($2::uuid, $3::int)
        ORDER BY v.secret_id, v.version LIMIT $4`,
      [present, id, version, limit],
    );
  }

  /** Only where the data key is still wrapped as it was when it was read. */
  rewrap(before: readonly WrappedVersion[], wrapped: readonly Buffer[], kid: string): Promise<number> {
    return this.db.execute(
      `UPDATE secret_version v SET wrapped_key = fresh.wrapped_key, kid = $5
         FROM unnest($1::uuid[], $2::int[], $3::bytea[], $4::bytea[]) AS fresh (id, version, old_key, wrapped_key)
        WHERE v.secret_id = fresh.id AND v.version = fresh.version AND v.wrapped_key = fresh.old_key`,
      [
        before.map(({ id }) => id),
        before.map(({ version }) => version),
        before.map(({ wrapped_key: key }) => key),
        wrapped,
        kid,
      ],
    );
  }

  /** The secrets of trusted issuers that another key than these wraps: few, hence all at once. */
  issuerSecrets(present: readonly string[]): Promise<IssuerSecret[]> {
    return this.db.query<IssuerSecret>(
      `SELECT issuer_id, kind, kid, wrapped_key, ciphertext FROM trusted_issuer_secret
        WHERE kid <> ALL($1::text[]) ORDER BY issuer_id, kind LIMIT ${ISSUER_SECRETS_MAX} FOR UPDATE`,
      [present],
    );
  }

  async rewrapIssuerSecret(of: IssuerSecret, wrappedKey: Buffer, kid: string): Promise<void> {
    await this.db.execute(
      `UPDATE trusted_issuer_secret SET wrapped_key = $3, kid = $4 WHERE issuer_id = $1 AND kind = $2`,
      [of.issuer_id, of.kind, wrappedKey, kid],
    );
  }

  async wrappedRoot(): Promise<Sealed | undefined> {
    const [row] = await this.db.query<Sealed>(
      `SELECT ciphertext, wrapped_key, kid FROM installation_root FOR UPDATE`,
    );
    return row;
  }

  async rewrapRoot(wrappedKey: Buffer, kid: string): Promise<void> {
    await this.db.execute(`UPDATE installation_root SET wrapped_key = $1, kid = $2`, [wrappedKey, kid]);
  }

  /** false: it was ended by somebody else, and nothing more may be done for it. */
  async progress(
    operationId: string,
    rewrapped: number,
    o: { readonly share: number; readonly step: JsonObject },
  ): Promise<boolean> {
    const changed = await this.db.execute(
      `WITH o AS (UPDATE operation SET status = 'running', progress = $3, steps = $4
                   WHERE id = $1 AND status IN ('pending', 'running') RETURNING id)
       UPDATE key_rotation r SET rewrapped = r.rewrapped + $2 FROM o WHERE r.operation_id = o.id`,
      [operationId, rewrapped, o.share, storableJson([o.step])],
    );
    return changed > 0;
  }

  async end(
    operationId: string,
    o: {
      readonly status: 'succeeded' | 'failed' | 'cancelled';
      readonly failed: number;
      readonly step: JsonObject;
      readonly error: JsonObject | null;
    },
  ): Promise<boolean> {
    const ended = await this.db.execute(
      `WITH o AS (UPDATE operation SET status = $2, steps = $3, error = $4, finished_at = now(),
                         progress = CASE WHEN $2 = 'succeeded' THEN 1 ELSE progress END
                   WHERE id = $1 AND status IN ('pending', 'running') RETURNING id)
       UPDATE key_rotation r SET failed = $5 FROM o WHERE r.operation_id = o.id`,
      [
        ...[operationId, o.status, storableJson([o.step])],
        ...[o.error === null ? null : storableJson(o.error), o.failed],
      ],
    );
    return ended > 0;
  }
}
