import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { type Recipient, type RecipientContent } from '../domain/recipient';

const COLUMNS = `id, address, description, events, enabled, row_version AS "rowVersion", created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** SQL of those who are told by mail. */
@Injectable()
export class RecipientRows {
  constructor(private readonly db: Database) {}

  list({ workspaceId }: Scope): Promise<Recipient[]> {
    return this.db.query<Recipient>(
      `SELECT ${COLUMNS} FROM mail_recipient WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC`,
      [workspaceId],
    );
  }

  async find({ workspaceId }: Scope, id: string, lock = false): Promise<Recipient | undefined> {
    const [row] = await this.db.query<Recipient>(
      `SELECT ${COLUMNS} FROM mail_recipient WHERE workspace_id = $1 AND id = $2::uuid ${lock ? 'FOR UPDATE' : ''}`,
      [workspaceId, id],
    );
    return row;
  }

  async count({ workspaceId }: Scope): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM mail_recipient WHERE workspace_id = $1`,
      [workspaceId],
    );
    return row?.count ?? 0;
  }

  async insert(id: string, { workspaceId }: Scope, content: RecipientContent, actor: string): Promise<void> {
    const { address, description, events, enabled } = content;
    await this.db.execute(
      `INSERT INTO mail_recipient (id, workspace_id, address, description, events, enabled, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, workspaceId, address, description, events, enabled, actor],
    );
  }

  async update(id: string, { address, description, events, enabled }: RecipientContent): Promise<void> {
    await this.db.execute(
      `UPDATE mail_recipient SET address = $2, description = $3, events = $4, enabled = $5, updated_at = now(),
              row_version = row_version + 1
        WHERE id = $1`,
      [id, address, description, events, enabled],
    );
  }

  async delete(id: string): Promise<void> {
    await this.db.execute(`DELETE FROM mail_recipient WHERE id = $1`, [id]);
  }
}
