import { type AppendEntry } from '@app/outbox';
import { type JsonObject } from '@app/kernel';
import { type RequestScope } from '@app/telemetry';
import { taskEvent } from '../domain/task.events';
import { type Happening, type Transition } from '../domain/transition';
import { type LockedTask } from '../persistence/task-facts';

export interface Told {
  readonly task: LockedTask;
  readonly happening: Happening;
  readonly transition: Transition;
  readonly scope: RequestScope | undefined;
}

/** The fact that others hear of a transition. The trail has only what somebody asked for: the attempts keep the rest. */
export function entryOf({ task, happening, transition, scope }: Told): AppendEntry {
  const { status, progress, attempt, told } = transition;
  const facts = {
    ...{ ...task, status, progress, attempt },
    assignedAgent: transition.dueInS === null ? task.assignedAgent : null,
  };
  return {
    event: taskEvent(told, facts, task.now, moreOf(task, transition)),
    scope,
    workspaceId: task.workspaceId,
    audit: happening.kind === 'cancelled',
  };
}

function moreOf(task: LockedTask, transition: Transition): JsonObject {
  const error = transition.error === null ? null : { ...transition.error };
  switch (transition.told) {
    case 'completed':
      return { duration_ms: Math.round(task.ranMs) };
    case 'failed':
      return { error, dead_reason: transition.deadReason };
    case 'retrying':
      return { error, next_attempt_at: dueAtOf(task, transition) };
    case 'cancelled':
    case 'cancel.requested':
      return { reason: transition.cancelReason ?? task.cancelReason };
  }
}

/** As the database reckons: its `now()` is the same for all of a transaction. */
const dueAtOf = ({ now }: LockedTask, { dueInS }: Transition): string | null =>
  dueInS === null ? null : new Date(now.getTime() + dueInS * 1_000).toISOString();
