import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { DeliverySchedule } from '../domain/delivery-schedule';
import { notificationFailed } from '../domain/notification.events';
import { OldDeliveries } from '../persistence/old-deliveries';

/** Portions of one round; what is left has the next one. */
const PORTIONS_MAX = 100;

/** Ends what waited too long, and forgets what is old. */
@Injectable()
export class DeliveryHousekeeping {
  constructor(
    private readonly db: Database,
    private readonly old: OldDeliveries,
    private readonly events: EventAppender,
    private readonly schedule: DeliverySchedule,
  ) {}

  async run(): Promise<void> {
    for (let portion = 0; portion < PORTIONS_MAX; portion += 1) {
      const expired = await this.db.transaction(() => this.expire());
      if (expired === 0 && !(await this.old.forget())) return;
    }
  }

  private async expire(): Promise<number> {
    const expired = await this.old.expire(this.schedule.times.lifetimeMs);
    for (const workspaceId of new Set(expired.map((one) => one.workspaceId))) {
      const facts = expired.filter((one) => one.workspaceId === workspaceId);
      await this.events.append(facts.map(notificationFailed), { audit: false, workspaceId });
    }
    return expired.length;
  }
}
