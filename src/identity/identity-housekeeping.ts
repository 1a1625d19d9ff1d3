import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';

const EVERY_MS = 60 * 60_000;
/** Per table and turn; what is left waits for the next. */
const ROWS_AT_ONCE = 5_000;

/** What is over is of no use to anybody; the trail keeps that it was. A week of it stays for questions. */
const STATEMENTS = [
  `DELETE FROM user_session WHERE id IN (
     SELECT id FROM user_session WHERE least(coalesce(ended_at, expires_at), expires_at, idle_expires_at) < now() - interval '7 days'
      LIMIT ${ROWS_AT_ONCE})`,
  `DELETE FROM one_time_token WHERE digest IN (
     SELECT digest FROM one_time_token WHERE expires_at < now() - interval '7 days' OR used_at < now() - interval '7 days'
      LIMIT ${ROWS_AT_ONCE})`,
] as const;

/** Removes sign-ins, links and tickets that have been over for long. */
@Injectable()
export class IdentityHousekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IdentityHousekeeping.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: Database) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      void this.clean();
    }, EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Never rejects: the next turn does what this one could not. */
  async clean(): Promise<void> {
    try {
      for (const statement of STATEMENTS) await this.db.execute(statement);
    } catch (error) {
      this.logger.debug(`what is over was not removed: ${String(error)}`);
    }
  }
}
