import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';

/** How old an upper bound may get before a refusal by it is checked again. */
const REFRESH_AFTER_MS = 1_000;

interface Reading {
  /** Add a later ticket to get an upper bound of the live instances at that time. */
  readonly offset: number;
  readonly at: number;
}

/**
 * An upper bound of the live instances without counting them for each create: those counted once, plus every ticket
 * since, plus one for each connection, since each could hold a create that had its ticket and was not visible yet.
 */
@Injectable()
export class QuotaGauge {
  private reading: Reading | undefined;

  constructor(private readonly db: Database) {}

  /** undefined: nothing is known, or what is known has just been found to be too high. */
  async offset(): Promise<number> {
    this.reading ??= await this.read();
    return this.reading.offset;
  }

  /** The bound was too high: deletions are seen by counting again, at most once a second. */
  distrust(): void {
    if (this.reading !== undefined && performance.now() - this.reading.at > REFRESH_AFTER_MS)
      this.reading = undefined;
  }

  private async read(): Promise<Reading> {
    // Two statements, the ticket first: what is created between them is counted twice, never missed.
    const [tickets] = await this.db.query<{ last: number }>(
      `SELECT (CASE WHEN is_called THEN last_value ELSE 0 END)::float8 AS last FROM instance_ticket`,
    );
    const [counted] = await this.db.query<{ bound: number }>(
      `SELECT (count(*) + current_setting('max_connections')::int)::float8 AS bound FROM instances WHERE deleted_at IS NULL`,
    );
    return { offset: (counted?.bound ?? 0) - (tickets?.last ?? 0), at: performance.now() };
  }
}
