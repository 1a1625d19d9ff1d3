import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Scope } from '@app/kernel';
import { type Webhook, type WebhookContent } from '../domain/webhook';

const SELECT = `
  SELECT e.id, e.workspace_id AS "workspaceId", e.url, e.description, e.events, e.enabled, e.disabled_reason AS "disabledReason",
         e.row_version AS "rowVersion", e.created_at AS "createdAt", e.updated_at AS "updatedAt",
         t.failures, t.failing_since AS "failingSince", t.closed_until AS "closedUntil"
    FROM webhook_endpoint e JOIN notification_target t ON t.endpoint_id = e.id`;

/** SQL of the endpoints. Each has one target, under its own id. */
@Injectable()
export class WebhookRows {
  constructor(private readonly db: Database) {}

  /** As many as a workspace may have: there is no second page. */
  list({ workspaceId }: Scope): Promise<Webhook[]> {
    return this.db.query<Webhook>(
      `${SELECT} WHERE e.workspace_id = $1 ORDER BY e.created_at DESC, e.id DESC`,
      [workspaceId],
    );
  }

  /** `lock`: against every other change until the transaction ends. */
  async find({ workspaceId }: Scope, id: string, lock = false): Promise<Webhook | undefined> {
    const [row] = await this.db.query<Webhook>(
      `${SELECT} WHERE e.workspace_id = $1 AND e.id = $2::uuid ${lock ? 'FOR UPDATE OF e' : ''}`,
      [workspaceId, id],
    );
    return row;
  }

  async count({ workspaceId }: Scope): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM webhook_endpoint WHERE workspace_id = $1`,
      [workspaceId],
    );
    return row?.count ?? 0;
  }

  async insert(id: string, { workspaceId }: Scope, content: WebhookContent, actor: string): Promise<void> {
    const { url, description, events, enabled } = content;
    await this.db.execute(
      `WITH made AS (
         INSERT INTO webhook_endpoint (id, workspace_id, url, description, events, enabled, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, workspace_id, url)
       INSERT INTO notification_target (id, workspace_id, channel, address, endpoint_id)
       SELECT id, workspace_id, 'webhook', url, id FROM made`,
      [id, workspaceId, url, description, events, enabled, actor],
    );
  }

  /** Another address, or one that is switched on again, begins with a clean record. */
  async update(id: string, { url, description, events, enabled }: WebhookContent): Promise<void> {
    await this.db.execute(
      `WITH old AS (SELECT url, enabled FROM webhook_endpoint WHERE id = $1),
            target AS (
              UPDATE notification_target t
                 SET address = $2, failures = 0, failing_since = NULL, closed_until = NULL
                FROM old WHERE t.endpoint_id = $1 AND (old.url <> $2 OR ($5 AND NOT old.enabled)))
       UPDATE webhook_endpoint
          SET url = $2, description = $3, events = $4, enabled = $5, updated_at = now(), row_version = row_version + 1,
              disabled_reason = CASE WHEN $5 THEN '' ELSE disabled_reason END
        WHERE id = $1`,
      [id, url, description, events, enabled],
    );
  }

  async disable(id: string, reason: string): Promise<boolean> {
    const touched = await this.db.execute(
      `UPDATE webhook_endpoint SET enabled = false, disabled_reason = $2, updated_at = now(), row_version = row_version + 1
        WHERE id = $1 AND enabled`,
      [id, reason],
    );
    return touched > 0;
  }

  async delete(id: string): Promise<void> {
    await this.db.execute(`DELETE FROM webhook_endpoint WHERE id = $1`, [id]);
  }
}
