import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AgentsModule } from '../agents';
import { AccessModule } from '../identity';
import { QuotasModule } from '../limits';
import { SettingsModule } from '../settings';
import { DISPATCH_API, DISPATCH_API_CONTROLLERS, DISPATCH_WORKER } from './dispatch/dispatch.parts';
import { AnswerBell } from './dispatch/answer-bell';
import { DispatchBell } from './dispatch/dispatch-bell';
import { AskRows } from './dispatch/persistence/ask-rows';
import { LoadRows } from './dispatch/persistence/load-rows';
import { Situations } from './dispatch/situations';
import { WhyWaiting } from './dispatch/why-waiting';
import { AgentOutcomesController } from './http/agent-outcomes.controller';
import { DeadLettersController } from './http/dead-letters.controller';
import { TaskActionsController } from './http/task-actions.controller';
import { TaskWorkController } from './http/task-work.controller';
import { TasksController } from './http/tasks.controller';
import { ChangeHearers } from './lifecycle/change-hearers';
import { GatheredOutcomes } from './lifecycle/gathered-outcomes';
import { GatheredSubmissions } from './lifecycle/gathered-submissions';
import { LeaseGate } from './lifecycle/lease-gate';
import { LeaseTokens } from './lifecycle/lease-tokens';
import { RunBell } from './lifecycle/run-bell';
import { TaskReaper } from './lifecycle/reaper';
import { TaskAgentWork } from './lifecycle/task-agent-work';
import { TaskCancellation } from './lifecycle/task-cancellation';
import { TaskChanges } from './lifecycle/task-changes';
import { TaskLeases } from './lifecycle/task-leases';
import { TaskMetrics } from './lifecycle/task-metrics';
import { TaskOutcomes } from './lifecycle/task-outcomes';
import { TaskPreparation } from './lifecycle/task-preparation';
import { TaskReports } from './lifecycle/task-reports';
import { TaskRetry } from './lifecycle/task-retry';
import { TaskStore } from './lifecycle/task-store';
import { TaskSubmission } from './lifecycle/task-submission';
import { ChangeRows } from './persistence/change-rows';
import { ReaperRows } from './persistence/reaper-rows';
import { ReportRows } from './persistence/report-rows';
import { RetryRows } from './persistence/retry-rows';
import { SubmissionRows } from './persistence/submission-rows';
import { WorkRows } from './persistence/work-rows';
import { DeadLetters } from './queries/dead-letters';
import { TaskQueries } from './queries/task-queries';
import { TaskRecords } from './queries/task-records';
import { LeaseWork } from './lifecycle/lease-work';
import { TaskGauges } from './retention/task-gauges';
import { TaskRetention } from './retention/task-retention';

const ROWS = [ChangeRows, SubmissionRows, ReportRows, RetryRows, WorkRows];
/** What says why a task waits, wherever it is read. */
const WAITING = [DispatchBell, AnswerBell, AskRows, LoadRows, Situations, WhyWaiting];
const LIFECYCLE = [
  ...[
    TaskChanges,
    ChangeHearers,
    RunBell,
    TaskMetrics,
    TaskPreparation,
    TaskStore,
    TaskSubmission,
    TaskCancellation,
    TaskOutcomes,
  ],
  ...[TaskLeases, LeaseTokens, TaskReports, TaskRetry, TaskAgentWork, LeaseGate],
  ...[GatheredSubmissions, GatheredOutcomes],
];
const QUERIES = [TaskQueries, TaskRecords, DeadLetters];

/** Submitting, reading and settling tasks, for every process that does so. */
@Module({
  imports: [AgentsModule, QuotasModule],
  providers: [...ROWS, ...WAITING, ...LIFECYCLE, ...QUERIES],
  exports: [AgentsModule, ...ROWS, ...WAITING, ...LIFECYCLE, ...QUERIES],
})
export class TasksModule {}

@Module({
  imports: [AccessModule, CqrsModule, TasksModule],
  controllers: [
    // Before those whose path takes any word.
    ...DISPATCH_API_CONTROLLERS,
    DeadLettersController,
    TasksController,
    TaskActionsController,
    TaskWorkController,
    AgentOutcomesController,
  ],
  providers: [LeaseWork, ...DISPATCH_API],
})
export class TasksApiModule {}

@Module({
  imports: [SettingsModule, TasksModule],
  providers: [...DISPATCH_WORKER, ReaperRows, TaskReaper, TaskRetention, TaskGauges],
  exports: [TaskReaper, TaskRetention],
})
export class TasksWorkerModule {}
