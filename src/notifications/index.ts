export { NotificationsApiModule, NotificationsWorkerModule } from './notifications.module';
export { NotificationsOptions } from './notifications.options';
