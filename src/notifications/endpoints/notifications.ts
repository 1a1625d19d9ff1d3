import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type KeysetPosition, type Page, type Scope } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { type DeliveryDetail, type DeliveryFilter, type DeliveryView } from '../domain/delivery-view';
import { NotificationNotFoundError, NotificationTargetGoneError } from '../domain/notification.errors';
import { redeliveryRequested } from '../domain/notification.events';
import { DeliveryChanges } from '../persistence/delivery-changes';
import { DeliveryLists } from '../persistence/delivery-lists';

/** The log of messages, and the one thing that can be done to them. */
@Injectable()
export class Notifications {
  constructor(
    private readonly db: Database,
    private readonly lists: DeliveryLists,
    private readonly changes: DeliveryChanges,
    private readonly events: EventAppender,
  ) {}

  page(
    scope: Scope,
    filter: DeliveryFilter,
    limit: number,
    after: KeysetPosition | undefined,
  ): Promise<Page<DeliveryView>> {
    return this.lists.page(scope, filter, limit, after);
  }

  async get(scope: Scope, id: string): Promise<DeliveryDetail> {
    const found = isUuid(id) ? await this.lists.find(scope, id) : undefined;
    if (found === undefined) throw new NotificationNotFoundError(id);
    return found;
  }

  /** The same message under the same id; its receiver sees that it is none of news. */
  async redeliver(scope: Scope, id: string): Promise<DeliveryDetail> {
    return this.db.transaction(async () => {
      const row = isUuid(id) ? await this.changes.forRedelivery(scope, id) : undefined;
      if (row === undefined) throw new NotificationNotFoundError(id);
      if (!row.isReachable) throw new NotificationTargetGoneError(row.address);
      await this.changes.again(id);
      await this.events.append([redeliveryRequested(row)]);
      return this.get(scope, id);
    });
  }
}
