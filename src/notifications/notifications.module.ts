import { Module } from '@nestjs/common';
import { AuditTrailModule } from '../audit';
import { SecretsModule } from '../secrets';
import { DeliveryHousekeeping } from './delivery/delivery-housekeeping';
import { MailCarrier } from './delivery/mail-carrier';
import { NotificationWorker } from './delivery/notification.worker';
import { Settlement } from './delivery/settlement';
import { WebhookCarrier } from './delivery/webhook-carrier';
import { DeliverySchedule } from './domain/delivery-schedule';
import { MailRecipients } from './endpoints/mail-recipients';
import { SigningSecrets } from './endpoints/signing-secrets';
import { Webhooks } from './endpoints/webhooks';
import { Notifications } from './endpoints/notifications';
import { EventFollower } from './following/event-follower';
import { NotificationsController } from './http/notifications.controller';
import { RecipientsController } from './http/recipients.controller';
import { WebhooksController } from './http/webhooks.controller';
import { DeliveryChanges } from './persistence/delivery-changes';
import { DeliveryLists } from './persistence/delivery-lists';
import { DueDeliveries } from './persistence/due-deliveries';
import { EventLog } from './persistence/event-log';
import { NewDeliveries } from './persistence/new-deliveries';
import { OldDeliveries } from './persistence/old-deliveries';
import { RecipientRows } from './persistence/recipient-rows';
import { SettlementRows } from './persistence/settlement-rows';
import { WebhookRows } from './persistence/webhook-rows';

@Module({
  imports: [AuditTrailModule, SecretsModule],
  // Before the notifications: `webhooks` is no id.
  controllers: [WebhooksController, RecipientsController, NotificationsController],
  providers: [
    WebhookRows,
    RecipientRows,
    DeliveryChanges,
    DeliveryLists,
    SigningSecrets,
    Webhooks,
    MailRecipients,
    Notifications,
  ],
})
export class NotificationsApiModule {}

/** Needs `NotificationsOptions` from the root. */
@Module({
  imports: [AuditTrailModule, SecretsModule],
  providers: [
    WebhookRows,
    DeliveryChanges,
    SigningSecrets,
    EventLog,
    NewDeliveries,
    EventFollower,
    DueDeliveries,
    SettlementRows,
    OldDeliveries,
    { provide: DeliverySchedule, useFactory: () => new DeliverySchedule() },
    Settlement,
    WebhookCarrier,
    MailCarrier,
    DeliveryHousekeeping,
    NotificationWorker,
  ],
})
export class NotificationsWorkerModule {}
