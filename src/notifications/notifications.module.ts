import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';

@Module({ imports: [CqrsModule] })
export class NotificationsApiModule {}

@Module({})
export class NotificationsWorkerModule {}
