import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type ApiKey, ApiKeyStore } from '../domain/api-key';

interface ApiKeyRow {
  id: string;
  name: string;
  digest: Buffer;
  role: string;
  scopes: string[];
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

@Injectable()
export class SqlApiKeyStore extends ApiKeyStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async find(id: string): Promise<ApiKey | undefined> {
    const [row] = await this.db.query<ApiKeyRow>(
      `SELECT id, name, digest, role, scopes, expires_at, revoked_at, last_used_at FROM api_key WHERE id = $1`,
      [id],
    );
    if (row === undefined) return undefined;
    const { id: keyId, name, digest, role, scopes } = row;
    return {
      ...{ id: keyId, name, digest, role, scopes },
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
      lastUsedAt: row.last_used_at,
    };
  }

  override async touch(id: string): Promise<void> {
    await this.db.execute(
      `UPDATE api_key SET last_used_at = now()
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}
