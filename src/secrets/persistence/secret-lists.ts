import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type SecretMetadata, type SecretVersionMetadata } from '../domain/secret-metadata';
import { USERS_NAMED_MAX } from './users-of-secrets';

interface MetadataRow {
  id: string;
  scope: string;
  name: string;
  version: number;
  used_by: string[];
  created_at: Date;
  updated_at: Date;
}
interface VersionRow {
  version: number;
  kid: string;
  created_at: Date;
  pinned_by: string[];
}

/** All users in one look at the specifications: a page must not look at each of them once per secret. */
const USERS_OF_ALL_SECRETS = `
  SELECT ref, array_agg(name ORDER BY name) AS names
    FROM (SELECT DISTINCT split_part(used #>> '{}', '@', 1) AS ref, d.name FROM desired_instances d,
                 jsonb_path_query(d.spec, '$.** ? (@ starts with "secret_ref:")') AS used
           WHERE d.workspace_id = $1::uuid) AS uses
   GROUP BY ref`;

const COLUMNS = `p.id, p.scope, p.name, p.latest_version AS version, p.created_at, p.updated_at,
  coalesce(users.names[1:${USERS_NAMED_MAX}], '{}') AS used_by
  FROM page p LEFT JOIN users ON users.ref = 'secret_ref:' || p.scope || ':' || p.name`;

/** More versions than are ever kept without being pinned. */
const VERSIONS_MAX = 200;

/** What may be read of the own store's secrets: everything but what is in them. */
@Injectable()
export class SecretLists {
  constructor(private readonly db: Database) {}

  async list(
    workspaceId: string,
    after: KeysetPosition | undefined,
    limit: number,
    scope?: string,
  ): Promise<Page<SecretMetadata>> {
    const rows = await this.db.query<MetadataRow>(
      `WITH page AS (
         SELECT * FROM secret s
          WHERE s.workspace_id = $1::uuid AND ($2::text IS NULL OR s.scope = $2)
            AND ($3::text IS NULL OR (s.scope || ':' || s.name, s.id) > ($3, $4::uuid))
          ORDER BY s.scope || ':' || s.name, s.id LIMIT $5
       ), users AS (${USERS_OF_ALL_SECRETS})
       SELECT ${COLUMNS} ORDER BY p.scope || ':' || p.name, p.id`,
      [workspaceId, scope ?? null, after?.sort ?? null, after?.id ?? null, limit + 1],
    );
    const items = rows.slice(0, limit).map(toMetadata);
    const last = items.at(-1);
    const next =
      rows.length > limit && last !== undefined ? { sort: `${last.scope}:${last.name}`, id: last.id } : null;
    return { items, next };
  }

  async find(workspaceId: string, scope: string, name: string): Promise<SecretMetadata | undefined> {
    const [row] = await this.db.query<MetadataRow>(
      `WITH page AS (SELECT * FROM secret s WHERE s.workspace_id = $1::uuid AND s.scope = $2 AND s.name = $3),
            users AS (${USERS_OF_ALL_SECRETS})
       SELECT ${COLUMNS}`,
      [workspaceId, scope, name],
    );
    return row === undefined ? undefined : toMetadata(row);
  }

  /** Newest first; `pinnedBy` are the live instances that name the version. */
  async versions(
    workspaceId: string,
    { id, scope, name }: SecretMetadata,
  ): Promise<readonly SecretVersionMetadata[]> {
    const rows = await this.db.query<VersionRow>(
      `WITH pins AS (
         SELECT used #>> '{}' AS ref, array_agg(DISTINCT d.name ORDER BY d.name) AS names FROM desired_instances d,
                jsonb_path_query(d.spec, '$.** ? (@ starts with "secret_ref:")') AS used
          WHERE d.workspace_id = $1::uuid GROUP BY 1)
       SELECT v.version, v.kid, v.created_at, coalesce(pins.names[1:${USERS_NAMED_MAX}], '{}') AS pinned_by
         FROM secret_version v LEFT JOIN pins ON pins.ref = $3 || '@' || v.version
        WHERE v.secret_id = $2::uuid ORDER BY v.version DESC LIMIT ${VERSIONS_MAX}`,
      [workspaceId, id, `secret_ref:${scope}:${name}`],
    );
    return rows.map(({ version, kid, created_at, pinned_by }) => ({
      version,
      kid,
      createdAt: created_at,
      pinnedBy: pinned_by,
    }));
  }
}

const toMetadata = (row: MetadataRow): SecretMetadata => ({
  id: row.id,
  scope: row.scope,
  name: row.name,
  version: row.version,
  usedBy: row.used_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
