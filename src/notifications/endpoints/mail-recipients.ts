import { Injectable } from '@nestjs/common';
import { Database, isUniqueViolation } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { actorOf, idOfRequest, requestContext } from '@app/telemetry';
import {
  MailRecipientExistsError,
  MailRecipientNotFoundError,
  SubscriberLimitReachedError,
} from '../domain/notification.errors';
import { recipientAdded, recipientRemoved, recipientUpdated } from '../domain/notification.events';
import { type Recipient, type RecipientContent } from '../domain/recipient';
import { RecipientRows } from '../persistence/recipient-rows';
import { assertRecipient } from './subscription-rules';

const RECIPIENTS_MAX = 50;

type Demand = (rowVersion: number) => void;

/** Those of a workspace who are told by mail. */
@Injectable()
export class MailRecipients {
  constructor(
    private readonly db: Database,
    private readonly rows: RecipientRows,
    private readonly events: EventAppender,
  ) {}

  list(scope: Scope): Promise<readonly Recipient[]> {
    return this.rows.list(scope);
  }

  async add(scope: Scope, content: RecipientContent): Promise<Recipient> {
    assertRecipient(content);
    return this.stored(content, async () => {
      if ((await this.rows.count(scope)) >= RECIPIENTS_MAX)
        throw new SubscriberLimitReachedError('recipients', RECIPIENTS_MAX);
      const id = idOfRequest('recipient', content.address);
      await this.rows.insert(id, scope, content, actorOf(requestContext.get()));
      await this.events.append([recipientAdded({ id, ...content })], { after: content });
      return this.get(scope, id);
    });
  }

  async update(
    scope: Scope,
    id: string,
    change: Partial<RecipientContent>,
    demand: Demand,
  ): Promise<Recipient> {
    return this.stored(change, async () => {
      const before = await this.get(scope, id, true);
      demand(before.rowVersion);
      const content = { ...contentOf(before), ...change };
      assertRecipient(content);
      await this.rows.update(id, content);
      await this.events.append([recipientUpdated({ id, ...content })], {
        before: contentOf(before),
        after: content,
      });
      return this.get(scope, id);
    });
  }

  async remove(scope: Scope, id: string, demand: Demand): Promise<void> {
    await this.db.transaction(async () => {
      const before = await this.get(scope, id, true);
      demand(before.rowVersion);
      await this.rows.delete(id);
      await this.events.append([recipientRemoved(before)], { before: contentOf(before) });
    });
  }

  private async get(scope: Scope, id: string, lock = false): Promise<Recipient> {
    const row = isUuid(id) ? await this.rows.find(scope, id, lock) : undefined;
    if (row === undefined) throw new MailRecipientNotFoundError(id);
    return row;
  }

  private async stored(
    { address = '' }: Partial<RecipientContent>,
    work: () => Promise<Recipient>,
  ): Promise<Recipient> {
    try {
      return await this.db.transaction(work);
    } catch (error) {
      if (isUniqueViolation(error)) throw new MailRecipientExistsError(address);
      throw error;
    }
  }
}

const contentOf = ({ address, description, events, enabled }: Recipient): RecipientContent => ({
  ...{ address, description, events, enabled },
});
