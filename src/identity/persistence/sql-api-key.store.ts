import { Injectable } from '@nestjs/common';
import { Database, prepared } from '@app/database';
import { type ApiKey, ApiKeyStore, type KeyLimits } from '../domain/api-key';

interface ApiKeyRow {
  id: string;
  name: string;
  digest: Buffer;
  role: string;
  scopes: string[];
  workspace_id: string;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
  user_id: string | null;
  owner_role: string | null;
  agent_id: string | null;
  limited_to: KeyLimits | null;
}

const FIND = prepared(`
  SELECT k.id, k.name, k.digest, k.role, k.scopes, k.workspace_id, k.expires_at, k.revoked_at, k.last_used_at,
          k.user_id, k.agent_id, k.limited_to, m.role AS owner_role
     FROM api_key k
     LEFT JOIN user_account u ON u.id = k.user_id AND u.disabled_at IS NULL
     LEFT JOIN user_membership m ON m.user_id = u.id AND m.workspace_id = k.workspace_id
    WHERE k.id = $1`);

@Injectable()
export class SqlApiKeyStore extends ApiKeyStore {
  constructor(private readonly db: Database) {
    super();
  }

  /** With what its owner is now: a key must lose at once what its owner loses. */
  override async find(id: string): Promise<ApiKey | undefined> {
    const [row] = await this.db.query<ApiKeyRow>(FIND, [id]);
    return row === undefined ? undefined : toKey(row);
  }

  /** In the order of ids, so that two processes cannot wait for each other. */
  override async touch(ids: readonly string[]): Promise<void> {
    await this.db.execute(
      `UPDATE api_key SET last_used_at = now()
        WHERE id IN (SELECT id FROM api_key
                      WHERE id = ANY ($1) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                      ORDER BY id FOR UPDATE)`,
      [ids],
    );
  }
}

const toKey = ({ id, name, digest, role, scopes, ...row }: ApiKeyRow): ApiKey => ({
  ...{ id, name, digest, role, scopes },
  workspaceId: row.workspace_id,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
  userId: row.user_id,
  ownerRole: row.owner_role,
  agentId: row.agent_id,
  limitedTo: row.limited_to,
});
