import { type DomainEvent, type JsonObject, type JsonValue } from '@app/kernel';
import { type TaskStatus } from './task';

type Happened =
  | 'submitted'
  | 'started'
  | 'progressed'
  | 'completed'
  | 'failed'
  | 'retrying'
  | 'cancelled'
  | 'cancel.requested';

/** What every fact about a task carries. Never its payload or result: events go to whoever may know that it exists. */
export interface TaskFacts {
  readonly id: string;
  readonly type: string;
  readonly status: TaskStatus;
  readonly progress: number;
  readonly attempt: number;
  readonly priority: string;
  readonly pipelineMark: string | null;
  readonly stageMark: JsonValue;
  readonly runId: string | null;
  readonly stageRunId: string | null;
  readonly assignedAgent: string | null;
  readonly executor: string;
}

export const taskEventName = (happened: Happened): string => `task.${happened}`;

export const taskEvent = (
  happened: Happened,
  facts: TaskFacts,
  now: Date,
  more: JsonObject = {},
): DomainEvent => ({
  name: taskEventName(happened),
  aggregateType: 'tasks',
  aggregateId: facts.id,
  occurredAt: now,
  data: {
    task_id: facts.id,
    type: facts.type,
    status: facts.status,
    progress: facts.progress,
    attempt: facts.attempt,
    priority: facts.priority,
    pipeline_id: facts.pipelineMark,
    stage: facts.stageMark,
    run_id: facts.runId,
    stage_run_id: facts.stageRunId,
    assigned_agent: facts.assignedAgent,
    executor: facts.executor,
    ...more,
  },
});
