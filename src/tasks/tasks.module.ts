import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AgentsModule } from '../agents';
import { QuotasModule } from '../limits';
import { LeaseTokens } from './lifecycle/lease-tokens';
import { TaskAgentWork } from './lifecycle/task-agent-work';
import { TaskCancellation } from './lifecycle/task-cancellation';
import { TaskLeases } from './lifecycle/task-leases';
import { TaskOutcomes } from './lifecycle/task-outcomes';
import { TaskSubmission } from './lifecycle/task-submission';
import { TaskQueries } from './queries/task-queries';

const CORE = [
  TaskSubmission,
  TaskCancellation,
  TaskQueries,
  TaskOutcomes,
  TaskLeases,
  TaskAgentWork,
  LeaseTokens,
];

/** Submitting, reading and settling tasks, for every process that does so. */
@Module({ imports: [AgentsModule, QuotasModule], providers: CORE, exports: CORE })
export class TasksModule {}

@Module({ imports: [CqrsModule, TasksModule] })
export class TasksApiModule {}

@Module({ imports: [TasksModule] })
export class TasksWorkerModule {}
