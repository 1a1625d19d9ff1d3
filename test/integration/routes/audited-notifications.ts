import { randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { type Case, type Made } from './audited-case';

const webhook = (made: Made): string => `/api/v1/webhooks/${made.get('createWebhook') ?? ''}`;
const recipient = (made: Made): string => `/api/v1/mail-recipients/${made.get('addMailRecipient') ?? ''}`;
const DELIVERY = randomUUID();

async function deadLetter(db: Database, made: Made): Promise<void> {
  await db.execute(
    `INSERT INTO notification_delivery (id, workspace_id, position, event_id, event, subject, target_id, endpoint_id, channel,
                                        address, body, status)
     SELECT $1, workspace_id, 1, gen_random_uuid(), 'task.failed', 'tasks/1', id, id, 'webhook', url, '{}', 'failed'
       FROM webhook_endpoint WHERE id = $2`,
    [DELIVERY, made.get('createWebhook')],
  );
}

/** In this order: later ones use what earlier ones made. */
export const NOTIFICATION_CASES: readonly Case[] = [
  {
    operation: 'createWebhook',
    body: () => ({ url: 'https://hooks.example.com/audited' }),
    action: 'webhook.endpoint.created',
    also: ['secret.stored'],
  },
  {
    operation: 'updateWebhook',
    path: webhook,
    body: () => ({ description: 'Changed.' }),
    action: 'webhook.endpoint.updated',
  },
  {
    operation: 'rotateWebhookSecret',
    path: (made) => `${webhook(made)}/rotate-secret`,
    action: 'webhook.secret.rotated',
    also: ['secret.stored'],
  },
  { operation: 'rotateRunSecret', action: 'webhook.secret.rotated', also: ['secret.stored'] },
  {
    operation: 'redeliverNotification',
    prepare: deadLetter,
    path: () => `/api/v1/notifications/${DELIVERY}/redeliver`,
    action: 'notification.redelivery.requested',
  },
  {
    operation: 'deleteWebhook',
    path: webhook,
    action: 'webhook.endpoint.deleted',
    also: ['secret.deleted'],
  },
  {
    operation: 'addMailRecipient',
    body: () => ({ address: 'audited@example.com' }),
    action: 'notification.recipient.added',
  },
  {
    operation: 'updateMailRecipient',
    path: recipient,
    body: () => ({ description: 'Changed.' }),
    action: 'notification.recipient.updated',
  },
  { operation: 'removeMailRecipient', path: recipient, action: 'notification.recipient.removed' },
];
