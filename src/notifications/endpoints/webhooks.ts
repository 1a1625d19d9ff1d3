import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { EgressPolicy } from '@app/security';
import { actorOf, idOfRequest, requestContext } from '@app/telemetry';
import { SubscriberLimitReachedError, WebhookNotFoundError } from '../domain/notification.errors';
import {
  signingSecretRotated,
  webhookCreated,
  webhookDeleted,
  webhookUpdated,
} from '../domain/notification.events';
import { DeliveryChanges } from '../persistence/delivery-changes';
import { type Webhook, type WebhookContent } from '../domain/webhook';
import { WebhookRows } from '../persistence/webhook-rows';
import { type FreshSecret, SigningSecrets } from './signing-secrets';
import { assertWebhook } from './subscription-rules';

const WEBHOOKS_MAX = 50;

type Demand = (rowVersion: number) => void;

/** The webhooks of a workspace. */
@Injectable()
export class Webhooks {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly rows: WebhookRows,
    private readonly deliveries: DeliveryChanges,
    private readonly signing: SigningSecrets,
    private readonly events: EventAppender,
    private readonly policy: EgressPolicy,
  ) {}

  list(scope: Scope): Promise<readonly Webhook[]> {
    return this.rows.list(scope);
  }

  async get(scope: Scope, id: string, lock = false): Promise<Webhook> {
    const row = isUuid(id) ? await this.rows.find(scope, id, lock) : undefined;
    if (row === undefined) throw new WebhookNotFoundError(id);
    return row;
  }

  async create(
    scope: Scope,
    content: WebhookContent,
  ): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
    assertWebhook(content, this.policy);
    return this.db.transaction(async () => {
      if ((await this.rows.count(scope)) >= WEBHOOKS_MAX)
        throw new SubscriberLimitReachedError('webhooks', WEBHOOKS_MAX);
      const id = idOfRequest('webhook', content.url);
      await this.rows.insert(id, scope, content, actorOf(requestContext.get()));
      await this.events.append([webhookCreated({ id, ...content })], { after: content });
      const { secret } = await this.signing.renew(id, scope.workspaceId);
      return { webhook: await this.get(scope, id), secret };
    });
  }

  /** What waits goes to the new address; a webhook that is switched off gives up what waits for it. */
  async update(scope: Scope, id: string, change: Partial<WebhookContent>, demand: Demand): Promise<Webhook> {
    return this.db.transaction(async () => {
      const before = await this.get(scope, id, true);
      demand(before.rowVersion);
      const content = { ...contentOf(before), ...change };
      assertWebhook(content, this.policy);
      await this.rows.update(id, content);
      if (content.enabled) await this.deliveries.redirect(id, content.url);
      else await this.deliveries.giveUp(id, 'webhook_disabled');
      await this.events.append([webhookUpdated({ id, ...content })], {
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
      await this.deliveries.giveUp(id, 'webhook_deleted');
      await this.events.append([webhookDeleted(before)], { before: contentOf(before) });
      await this.rows.delete(id);
      await this.signing.forget(id);
    });
  }

  async rotate(scope: Scope, id: string): Promise<FreshSecret> {
    return this.db.transaction(async () => {
      await this.get(scope, id, true);
      return this.renew(id, id, scope);
    });
  }

  /** For addresses that runs name and that are no webhook's. */
  async rotateOfRuns(scope: Scope): Promise<FreshSecret> {
    return this.db.transaction(() => this.renew(null, scope.workspaceId, scope));
  }

  private async renew(id: string | null, signs: string, { workspaceId }: Scope): Promise<FreshSecret> {
    const fresh = await this.signing.renew(signs, workspaceId);
    await this.events.append([signingSecretRotated(id, fresh.version)]);
    return fresh;
  }
}

const contentOf = ({ url, description, events, enabled }: Webhook): WebhookContent => ({
  ...{ url, description, events, enabled },
});
