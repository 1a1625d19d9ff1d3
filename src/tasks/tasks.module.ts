import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AgentsModule } from '../agents';
import { TaskAgentWork } from './lifecycle/task-agent-work';

/** Submitting, reading and settling tasks, for every process that does so. */
@Module({ imports: [AgentsModule], providers: [TaskAgentWork], exports: [TaskAgentWork] })
export class TasksModule {}

@Module({ imports: [CqrsModule, TasksModule] })
export class TasksApiModule {}

@Module({ imports: [TasksModule] })
export class TasksWorkerModule {}
