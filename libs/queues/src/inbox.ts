import { type Database } from '@app/database';

/** Makes a second delivery harmless: the receipt and the effect are one transaction. */
export class Inbox {
  constructor(private readonly db: Database) {}

  /** false: done already. A failing `work` leaves no receipt, so the next delivery tries again. */
  async once(consumer: string, messageId: string, work: () => Promise<void>): Promise<boolean> {
    return this.db.transaction(async () => {
      const isFirst = await this.db.execute(
        `INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
        [consumer, messageId],
      );
      if (isFirst === 0) return false;
      await work();
      return true;
    });
  }
}
