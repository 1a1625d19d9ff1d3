import { Module } from '@nestjs/common';
import { QueuesController } from './http/queues.controller';
import { Queues } from './queues/queues';

@Module({ controllers: [QueuesController], providers: [Queues] })
export class QueuesModule {}
