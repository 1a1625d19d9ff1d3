import { TaskLimitRows } from '../limits/task-limit-rows';
import { TaskLimits } from '../limits/task-limits';
import { TaskLimitsController } from '../limits/task-limits.controller';
import { PushClient } from '../push/push-client';
import { PushConsequences } from '../push/push-consequences';
import { PushParts } from '../push/push-parts';
import { PushRows } from '../push/push-rows';
import { PushConsumer } from '../push/push.consumer';
import { TaskPush } from '../push/task-push';
import { AgentAsks } from './asks/agent-asks';
import { LeaseAnswers } from './asks/lease-answers';
import { DispatchMetrics } from './dispatch-metrics';
import { DispatchPass } from './dispatch-pass';
import { DispatchWakes } from './dispatch-wakes';
import { Dispatcher } from './dispatcher';
import { DryMatch } from './dry-match';
import { LeaseController } from './http/lease.controller';
import { MatchController } from './http/match.controller';
import { LostLeases } from './lost-leases';
import { AnswerRows } from './persistence/answer-rows';
import { ClaimRows } from './persistence/claim-rows';
import { LookRows } from './persistence/look-rows';
import { QueueRows } from './persistence/queue-rows';

/** Where agents ask, and limits are set. */
export const DISPATCH_API_CONTROLLERS = [TaskLimitsController, MatchController, LeaseController];
export const DISPATCH_API = [AnswerRows, AgentAsks, LeaseAnswers, TaskLimitRows, TaskLimits, DryMatch];

/** Where work is given out, and carried to agents that do not ask. */
export const DISPATCH_WORKER = [
  ...[
    QueueRows,
    LookRows,
    ClaimRows,
    AnswerRows,
    DispatchPass,
    DispatchMetrics,
    DispatchWakes,
    Dispatcher,
    LostLeases,
  ],
  ...[PushRows, PushClient, PushParts, PushConsequences, TaskPush, PushConsumer],
];
