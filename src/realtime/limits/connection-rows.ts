import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';

/** Six times as long as between two signs: a busy process is not a dead one. */
const GONE_AFTER_S = 30;
/** Looked over at once; the rest at the next look. */
const BATCH = 10_000;

export interface HeldPlace {
  readonly id: string;
  readonly workspaceId: string;
}

/** Which processes serve readers, and what is counted for them. */
@Injectable()
export class ConnectionRows {
  constructor(private readonly db: Database) {}

  async present(process: string): Promise<void> {
    await this.db.execute(
      `INSERT INTO realtime_process (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [process],
    );
  }

  async leave(process: string): Promise<void> {
    await this.db.execute(`DELETE FROM realtime_process WHERE id = $1`, [process]);
  }

  heldBy(kind: string): Promise<readonly HeldPlace[]> {
    return this.db.query<HeldPlace>(
      `SELECT id, workspace_id AS "workspaceId" FROM quota_holding WHERE kind = $1 ORDER BY id LIMIT ${BATCH}`,
      [kind],
    );
  }

  /** Asked after what is held: a process that came since holds nothing of it. */
  async living(): Promise<readonly string[]> {
    const rows = await this.db.query<{ id: string }>(
      `WITH gone AS (DELETE FROM realtime_process WHERE seen_at < now() - interval '${GONE_AFTER_S} s')
       SELECT id FROM realtime_process WHERE seen_at >= now() - interval '${GONE_AFTER_S} s'`,
    );
    return rows.map(({ id }) => id);
  }
}
