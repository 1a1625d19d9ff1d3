import { type AppendEntry } from '@app/outbox';
import { systemScope, traceIdOf } from '@app/telemetry';
import { taskEvent } from '../domain/task.events';
import { type Assignment } from './matching/model';
import { type FoundTask } from './persistence/queue-rows';

/** That a task was given out, told under the request that submitted it. The attempt is the record: the trail has no row of it. */
export function startedEntry(
  { task, agentId, agentName, askId }: Assignment<FoundTask>,
  now: Date,
): AppendEntry {
  const { correlationId, traceparent, workspaceId, executor } = task;
  const facts = {
    ...{ ...task, status: 'running' as const, progress: 0 },
    ...{ attempt: task.attempt + 1, assignedAgent: agentId },
  };
  const more = {
    ...{ lease_gen: task.leaseGen + 1, agent_name: agentName },
    push: executor === 'agent' && askId === null,
  };
  return {
    event: taskEvent('started', facts, now, more),
    scope: {
      ...systemScope('dispatch'),
      requestId: correlationId,
      ...(traceparent === null ? {} : { traceparent, traceId: traceIdOf(traceparent) }),
    },
    workspaceId,
    audit: false,
  };
}
