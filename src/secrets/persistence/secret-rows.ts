import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type SecretReference } from '@app/contracts';
import { Database } from '@app/database';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type SecretMetadata } from '../domain/secret-metadata';

export interface ClaimedVersion {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}
export interface SealedVersion {
  readonly id: string;
  readonly version: number;
  readonly ciphertext: Buffer;
  readonly wrapped_key: Buffer;
  readonly kid: string;
}
interface MetadataRow {
  id: string;
  scope: string;
  name: string;
  version: number;
  used_by: string[];
  created_at: Date;
  updated_at: Date;
}

/**
 * Which live instances refer to a secret: every text in their specification that is its reference, with or without a
 * version. The view is the published face of the instances' table.
 */
const USERS_OF_SECRET = `
  SELECT DISTINCT d.name FROM desired_instances d,
         jsonb_path_query(d.spec, '$.** ? (@ starts with "secret_ref:")') AS used
   WHERE split_part(used #>> '{}', '@', 1) = 'secret_ref:' || s.scope || ':' || s.name`;

/** The same for all secrets in one look at the specifications: a page must not look at each of them once per secret. */
const USERS_OF_ALL_SECRETS = `
  SELECT ref, array_agg(name ORDER BY name) AS names
    FROM (SELECT DISTINCT split_part(used #>> '{}', '@', 1) AS ref, d.name FROM desired_instances d,
                 jsonb_path_query(d.spec, '$.** ? (@ starts with "secret_ref:")') AS used) AS uses
   GROUP BY ref`;

/** A refusal names this many users; the rest is implied. */
const USERS_NAMED_MAX = 10;

/** SQL of the own store; joins the caller's transaction. */
@Injectable()
export class SecretRows {
  constructor(private readonly db: Database) {}

  /** Takes the next version number of each name, creating the secret where it is new. Locks in name order. */
  claimVersions(scope: string, names: readonly string[]): Promise<ClaimedVersion[]> {
    const sorted = [...names].sort();
    return this.db.query<ClaimedVersion>(
      `INSERT INTO secret (id, scope, name, latest_version)
       SELECT id, $1, name, 1 FROM unnest($2::uuid[], $3::text[]) AS new (id, name)
       ON CONFLICT (workspace_id, scope, name) DO UPDATE SET latest_version = secret.latest_version + 1, updated_at = now()
       RETURNING id, name, latest_version AS version`,
      [scope, sorted.map(() => randomUUID()), sorted],
    );
  }

  async insertVersions(sealed: readonly SealedVersion[]): Promise<void> {
    await this.db.execute(
      `INSERT INTO secret_version (secret_id, version, ciphertext, wrapped_key, kid)
       SELECT * FROM unnest($1::uuid[], $2::int[], $3::bytea[], $4::bytea[], $5::text[])`,
      [
        sealed.map(({ id }) => id),
        sealed.map(({ version }) => version),
        sealed.map(({ ciphertext }) => ciphertext),
        sealed.map(({ wrapped_key }) => wrapped_key),
        sealed.map(({ kid }) => kid),
      ],
    );
  }

  /** The sealed versions that the references name; `place` says which of them a row answers, from 0. */
  findSealed(
    references: readonly SecretReference[],
  ): Promise<(SealedVersion & SecretReference & { place: number })[]> {
    return this.db.query<SealedVersion & SecretReference & { place: number }>(
      `SELECT wanted.place::int - 1 AS place, s.id, s.scope, s.name, v.version, v.ciphertext, v.wrapped_key, v.kid
         FROM unnest($1::text[], $2::text[], $3::int[]) WITH ORDINALITY AS wanted (scope, name, version, place)
         JOIN secret s ON s.scope = wanted.scope AND s.name = wanted.name
         JOIN secret_version v ON v.secret_id = s.id AND v.version = coalesce(wanted.version, s.latest_version)`,
      columns(references),
    );
  }

  /**
   * The references that exist, locked against deletion until the caller's transaction ends: a reference that is being
   * stored and a deletion of its secret cannot pass each other.
   */
  lockExisting(
    references: readonly SecretReference[],
  ): Promise<{ scope: string; name: string; version: number }[]> {
    return this.db.query(
      `SELECT s.scope, s.name, v.version FROM secret s JOIN secret_version v ON v.secret_id = s.id
        WHERE (s.scope, s.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))
          AND v.version IN (SELECT coalesce(wanted.version, s.latest_version)
                              FROM unnest($1::text[], $2::text[], $3::int[]) AS wanted (scope, name, version)
                             WHERE wanted.scope = s.scope AND wanted.name = s.name)
        ORDER BY s.scope, s.name FOR KEY SHARE OF s`,
      columns(references),
    );
  }

  /** Waits for everybody who is about to refer to the secret, so that the next statement sees what they wrote. */
  async lockForDeletion(scope: string, name: string): Promise<boolean> {
    const rows = await this.db.query(`SELECT id FROM secret WHERE scope = $1 AND name = $2 FOR UPDATE`, [
      scope,
      name,
    ]);
    return rows.length > 0;
  }

  /** Deletes unless an instance refers to it; answers the users, none of them when it is gone. */
  async deleteUnused(scope: string, name: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ used_by: string[] }>(
      `WITH target AS (SELECT s.id, ARRAY(${USERS_OF_SECRET} LIMIT ${USERS_NAMED_MAX}) AS used_by
                         FROM secret s WHERE s.scope = $1 AND s.name = $2),
            gone AS (DELETE FROM secret WHERE id IN (SELECT id FROM target WHERE used_by = '{}') RETURNING id)
       SELECT used_by FROM target`,
      [scope, name],
    );
    return rows[0]?.used_by ?? [];
  }

  async deleteScope(scope: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ name: string }>(`DELETE FROM secret WHERE scope = $1 RETURNING name`, [
      scope,
    ]);
    return rows.map(({ name }) => name);
  }

  async list(
    after: KeysetPosition | undefined,
    limit: number,
    scope?: string,
  ): Promise<Page<SecretMetadata>> {
    const rows = await this.db.query<MetadataRow>(
      `WITH page AS (
         SELECT * FROM secret s
          WHERE ($1::text IS NULL OR s.scope = $1)
            AND ($2::text IS NULL OR (s.scope || ':' || s.name, s.id) > ($2, $3::uuid))
          ORDER BY s.scope || ':' || s.name, s.id LIMIT $4
       ), users AS (${USERS_OF_ALL_SECRETS})
       SELECT p.id, p.scope, p.name, p.latest_version AS version, p.created_at, p.updated_at,
              coalesce(users.names[1:${USERS_NAMED_MAX}], '{}') AS used_by
         FROM page p LEFT JOIN users ON users.ref = 'secret_ref:' || p.scope || ':' || p.name
        ORDER BY p.scope || ':' || p.name, p.id`,
      [scope ?? null, after?.sort ?? null, after?.id ?? null, limit + 1],
    );
    const items = rows.slice(0, limit).map(toMetadata);
    const last = items.at(-1);
    const next =
      rows.length > limit && last !== undefined ? { sort: `${last.scope}:${last.name}`, id: last.id } : null;
    return { items, next };
  }
}

const columns = (references: readonly SecretReference[]): unknown[] => [
  references.map(({ scope }) => scope),
  references.map(({ name }) => name),
  references.map(({ version }) => version ?? null),
];

const toMetadata = (row: MetadataRow): SecretMetadata => ({
  id: row.id,
  scope: row.scope,
  name: row.name,
  version: row.version,
  usedBy: row.used_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
