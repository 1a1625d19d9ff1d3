import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type KeysetPosition, type Page } from '@app/kernel';
import { type KeyLimits } from '../domain/api-key';
import { ApiKeyUnknownError } from './api-key.errors';
import { type IssuedKey, type KeyReach, type NewKey } from './issued-key';

interface KeyRow {
  id: string;
  name: string;
  role: string;
  scopes: string[];
  limited_to: KeyLimits | null;
  workspace_id: string;
  user_id: string | null;
  agent_id: string | null;
  created_by: string;
  created_at: Date;
  /** With the microseconds that a Date cannot hold. */
  position: string;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
  row_version: number;
}

const SELECT = `
  SELECT id, name, role, scopes, limited_to, workspace_id, user_id, agent_id, created_by, created_at,
         created_at::text AS position, expires_at, last_used_at, revoked_at, row_version
    FROM api_key`;
/** Of a caller who may see them all there is neither user nor creator to compare. */
const WITHIN = `workspace_id = $1 AND ($2::uuid IS NULL AND $3::text IS NULL OR user_id = $2 OR created_by = $3)`;

/** The statements about keys. */
@Injectable()
export class KeyRows {
  constructor(private readonly db: Database) {}

  async get(reach: KeyReach, id: string, lock: '' | 'FOR UPDATE' = ''): Promise<IssuedKey> {
    const [row] = await this.db.query<KeyRow>(`${SELECT} WHERE ${WITHIN} AND id = $4 ${lock}`, [
      ...parametersOf(reach),
      id,
    ]);
    if (row === undefined) throw new ApiKeyUnknownError();
    return toKey(row);
  }

  /** Newest first. */
  async page(reach: KeyReach, limit: number, after: KeysetPosition | undefined): Promise<Page<IssuedKey>> {
    const rows = await this.db.query<KeyRow>(
      `${SELECT} WHERE ${WITHIN} AND ($4::timestamptz IS NULL OR (created_at, id) < ($4::timestamptz, $5::text))
        ORDER BY created_at DESC, id DESC LIMIT $6`,
      [...parametersOf(reach), after?.sort ?? null, after?.id ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(toKey), next: more ? { sort: last.position, id: last.id } : null };
  }

  async insert(id: string, digest: Buffer, key: NewKey & { createdBy: string }): Promise<void> {
    await this.db.execute(
      `INSERT INTO api_key (id, name, digest, role, scopes, workspace_id, expires_at, limited_to, user_id, agent_id, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11)`,
      [
        ...[id, key.name, digest, key.role, key.scopes, key.workspaceId, key.expiresAt ?? null],
        ...[key.limitedTo === undefined ? null : JSON.stringify(key.limitedTo), key.userId ?? null],
        ...[key.agentId ?? null, key.createdBy],
      ],
    );
  }

  async update({ id, name, scopes, expiresAt }: IssuedKey): Promise<void> {
    await this.db.execute(
      `UPDATE api_key SET name = $2, scopes = $3, expires_at = $4, row_version = row_version + 1 WHERE id = $1`,
      [id, name, scopes, expiresAt],
    );
  }

  /** False when it was revoked before. */
  async revoke(id: string): Promise<boolean> {
    const revoked = await this.db.execute(
      `UPDATE api_key SET revoked_at = now(), row_version = row_version + 1 WHERE id = $1 AND revoked_at IS NULL`,
      [id],
    );
    return revoked > 0;
  }
}

const parametersOf = ({ workspaceId, userId, createdBy }: KeyReach) => [
  workspaceId,
  userId ?? null,
  createdBy ?? null,
];

const toKey = ({ id, name, role, scopes, ...row }: KeyRow): IssuedKey => ({
  ...{ id, name, role, scopes },
  limitedTo: row.limited_to,
  workspaceId: row.workspace_id,
  userId: row.user_id,
  agentId: row.agent_id,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
  rowVersion: row.row_version,
});
