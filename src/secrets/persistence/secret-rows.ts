import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type SecretReference } from '@app/contracts';
import { Database } from '@app/database';
import { USERS_NAMED_MAX, USERS_OF_SECRET } from './users-of-secrets';

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

/** SQL of the own store; joins the caller's transaction. Every statement says whose secrets it is about. */
@Injectable()
export class SecretRows {
  constructor(private readonly db: Database) {}

  /** Takes the next version number of each name, creating the secret where it is new. Locks in name order. */
  claimVersions(workspaceId: string, scope: string, names: readonly string[]): Promise<ClaimedVersion[]> {
    const sorted = [...names].sort();
    return this.db.query<ClaimedVersion>(
      `INSERT INTO secret (id, workspace_id, scope, name, latest_version)
       SELECT id, $4::uuid, $1, name, 1 FROM unnest($2::uuid[], $3::text[]) AS new (id, name)
       ON CONFLICT (workspace_id, scope, name) DO UPDATE SET latest_version = secret.latest_version + 1, updated_at = now()
       RETURNING id, name, latest_version AS version`,
      [scope, sorted.map(() => randomUUID()), sorted, workspaceId],
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

  /**
   * Forgets all but the newest versions, those that a live instance names apart. The lock waits for whoever is about to
   * name one, so that the statement after it sees what they wrote.
   */
  async prune(ids: readonly string[], keep: number): Promise<number> {
    await this.db.query(`SELECT id FROM secret WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`, [ids]);
    return this.db.execute(
      `WITH pinned AS (
         SELECT DISTINCT d.workspace_id, used #>> '{}' AS ref FROM desired_instances d,
                jsonb_path_query(d.spec, '$.** ? (@ starts with "secret_ref:")') AS used)
       DELETE FROM secret_version v USING secret s
        WHERE v.secret_id = s.id AND s.id = ANY($1::uuid[]) AND v.version <= s.latest_version - $2::int
          AND NOT EXISTS (SELECT FROM pinned p WHERE p.workspace_id = s.workspace_id
                             AND p.ref = 'secret_ref:' || s.scope || ':' || s.name || '@' || v.version)`,
      [ids, keep],
    );
  }

  /** The sealed versions that the references name; `place` says which of them a row answers, from 0. */
  findSealed(
    workspaceId: string,
    references: readonly SecretReference[],
  ): Promise<(SealedVersion & SecretReference & { place: number })[]> {
    return this.db.query<SealedVersion & SecretReference & { place: number }>(
      `SELECT wanted.place::int - 1 AS place, s.id, s.scope, s.name, v.version, v.ciphertext, v.wrapped_key, v.kid
         FROM unnest($1::text[], $2::text[], $3::int[]) WITH ORDINALITY AS wanted (scope, name, version, place)
         JOIN secret s ON s.workspace_id = $4::uuid AND s.scope = wanted.scope AND s.name = wanted.name
         JOIN secret_version v ON v.secret_id = s.id AND v.version = coalesce(wanted.version, s.latest_version)`,
      [...columns(references), workspaceId],
    );
  }

  /**
   * The references that exist, locked against deletion until the caller's transaction ends: a reference that is being
   * stored and a deletion of its secret cannot pass each other.
   */
  lockExisting(
    workspaceId: string,
    references: readonly SecretReference[],
  ): Promise<{ scope: string; name: string; version: number; latest: number }[]> {
    return this.db.query(
      `SELECT s.scope, s.name, v.version, s.latest_version AS latest
         FROM secret s JOIN secret_version v ON v.secret_id = s.id
        WHERE s.workspace_id = $4::uuid AND (s.scope, s.name) IN (SELECT * FROM unnest($1::text[], $2::text[]))
          AND v.version IN (SELECT coalesce(wanted.version, s.latest_version)
                              FROM unnest($1::text[], $2::text[], $3::int[]) AS wanted (scope, name, version)
                             WHERE wanted.scope = s.scope AND wanted.name = s.name)
        ORDER BY s.scope, s.name FOR KEY SHARE OF s`,
      [...columns(references), workspaceId],
    );
  }

  /** Waits for everybody who is about to refer to the secret, so that the next statement sees what they wrote. */
  async lockForDeletion(workspaceId: string, scope: string, name: string): Promise<boolean> {
    const rows = await this.db.query(
      `SELECT id FROM secret WHERE workspace_id = $1 AND scope = $2 AND name = $3 FOR UPDATE`,
      [workspaceId, scope, name],
    );
    return rows.length > 0;
  }

  /** Deletes unless an instance refers to it; answers the users, none of them when it is gone. */
  async deleteUnused(workspaceId: string, scope: string, name: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ used_by: string[] }>(
      `WITH target AS (SELECT s.id, ARRAY(${USERS_OF_SECRET} LIMIT ${USERS_NAMED_MAX}) AS used_by
                         FROM secret s WHERE s.workspace_id = $1 AND s.scope = $2 AND s.name = $3),
            gone AS (DELETE FROM secret WHERE id IN (SELECT id FROM target WHERE used_by = '{}') RETURNING id)
       SELECT used_by FROM target`,
      [workspaceId, scope, name],
    );
    return rows[0]?.used_by ?? [];
  }

  /** Scopes of instances are unique everywhere, so this one names no workspace. */
  async deleteScope(scope: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ name: string }>(`DELETE FROM secret WHERE scope = $1 RETURNING name`, [
      scope,
    ]);
    return rows.map(({ name }) => name);
  }

  /** undefined: there is no such live instance. */
  async workspaceOf(instanceId: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ workspace_id: string }>(
      `SELECT workspace_id FROM desired_instances WHERE id = $1::uuid`,
      [instanceId],
    );
    return row?.workspace_id;
  }
}

const columns = (references: readonly SecretReference[]): unknown[] => [
  references.map(({ scope }) => scope),
  references.map(({ name }) => name),
  references.map(({ version }) => version ?? null),
];
