import { type DomainEvent, type JsonObject } from '@app/kernel';
import { type Channel } from './delivery';

const fact = (name: string, aggregateType: string, aggregateId: string, data: JsonObject): DomainEvent => ({
  name,
  aggregateType,
  aggregateId,
  data,
  occurredAt: new Date(),
});

export interface WebhookFacts {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

const ofWebhook = (name: string, { id, url, events, enabled }: WebhookFacts): DomainEvent =>
  fact(name, 'webhooks', id, { webhook_id: id, url, events: [...events], enabled });

export const webhookCreated = (facts: WebhookFacts): DomainEvent =>
  ofWebhook('webhook.endpoint.created', facts);
export const webhookUpdated = (facts: WebhookFacts): DomainEvent =>
  ofWebhook('webhook.endpoint.updated', facts);
export const webhookDeleted = (facts: WebhookFacts): DomainEvent =>
  ofWebhook('webhook.endpoint.deleted', facts);

/** We did it: it failed for too long, or its receiver said that it is gone. */
export const webhookDisabled = (id: string, url: string, reason: string, dropped: number): DomainEvent =>
  fact('webhook.endpoint.disabled', 'webhooks', id, { webhook_id: id, url, reason, dropped });

/** Without a webhook it is the secret for addresses that runs name. */
export const signingSecretRotated = (webhookId: string | null, version: number): DomainEvent =>
  fact('webhook.secret.rotated', 'webhooks', webhookId ?? 'run-secret', { webhook_id: webhookId, version });

export interface RecipientFacts {
  readonly id: string;
  readonly address: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

const ofRecipient = (name: string, { id, address, events, enabled }: RecipientFacts): DomainEvent =>
  fact(name, 'recipients', id, { recipient_id: id, address, events: [...events], enabled });

export const recipientAdded = (facts: RecipientFacts): DomainEvent =>
  ofRecipient('notification.recipient.added', facts);
export const recipientUpdated = (facts: RecipientFacts): DomainEvent =>
  ofRecipient('notification.recipient.updated', facts);
export const recipientRemoved = (facts: RecipientFacts): DomainEvent =>
  ofRecipient('notification.recipient.removed', facts);

export interface DeliveryFacts {
  readonly id: string;
  readonly event: string;
  readonly channel: Channel;
  readonly runId: string | null;
  readonly attempt: number;
  readonly reason: string | null;
}

const ofDelivery = (
  name: string,
  { id, event, channel, runId, attempt, reason }: DeliveryFacts,
): DomainEvent =>
  fact(name, 'notifications', id, { notification_id: id, event, channel, run_id: runId, attempt, reason });

export const notificationDelivered = (facts: DeliveryFacts): DomainEvent =>
  ofDelivery('notification.delivered', facts);
export const notificationFailed = (facts: DeliveryFacts): DomainEvent =>
  ofDelivery('notification.failed', facts);
export const redeliveryRequested = (facts: DeliveryFacts): DomainEvent =>
  ofDelivery('notification.redelivery.requested', facts);
