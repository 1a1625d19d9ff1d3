export { DeliverySchedule } from './domain/delivery-schedule';
export { NotificationsApiModule, NotificationsWorkerModule } from './notifications.module';
export { NotificationsOptions } from './notifications.options';
export { notificationReactions } from './reactions/wake-when-somebody-wants-to-know';
