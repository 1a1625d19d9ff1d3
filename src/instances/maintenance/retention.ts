import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@app/database';

const BATCH = 1_000;
/** One run ends after this many batches of a table; the next one goes on. */
const BATCHES_MAX = 20;

/** What is forgotten, and when. Events stay longest: they are the history that people read. */
const RULES: readonly { readonly table: string; readonly condition: string }[] = [
  { table: 'inbox', condition: `processed_at < now() - interval '3 days'` },
  { table: 'operation', condition: `finished_at < now() - interval '7 days'` },
  { table: 'idempotency_key', condition: `expires_at < now()` },
  // The records of what is gone, its status with them.
  { table: 'instances', condition: `deleted_at < now() - interval '30 days'` },
  // Unpublished events are never old enough, whatever their date says.
  {
    table: 'domain_event',
    condition: `occurred_at < now() - interval '90 days' AND sequence IS NOT NULL
                AND NOT EXISTS (SELECT FROM outbox WHERE outbox.event_id = domain_event.id)`,
  },
];

/** Deletes what is old in small steps, so that no lock is held for long. */
@Injectable()
export class Retention {
  private readonly logger = new Logger(Retention.name);

  constructor(private readonly db: Database) {}

  async run(): Promise<Readonly<Record<string, number>>> {
    const deleted: Record<string, number> = {};
    for (const { table, condition } of RULES) deleted[table] = await this.trim(table, condition);
    if (Object.values(deleted).some((count) => count > 0))
      this.logger.debug(`forgot ${JSON.stringify(deleted)}`);
    return deleted;
  }

  private async trim(table: string, condition: string): Promise<number> {
    let deleted = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
      const count = await this.db.execute(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH}))`,
      );
      deleted += count;
      if (count < BATCH) break;
    }
    return deleted;
  }
}
