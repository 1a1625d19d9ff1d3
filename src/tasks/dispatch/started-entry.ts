import { type AppendEntry } from '@app/outbox';
import { systemScope, traceIdOf } from '@app/telemetry';
import { taskEvent } from '../domain/task.events';
import { type ClaimedTask } from './persistence/claim-rows';

/** That a task was given out, told under the request that submitted it. The attempt is the record: the trail has no row of it. */
export function startedEntry(task: ClaimedTask, now: Date): AppendEntry {
  const { correlationId, traceparent, workspaceId, leaseGen, agentName, askId, executor } = task;
  const facts = { ...task, status: 'running' as const, progress: 0 };
  const push = executor === 'agent' && askId === null;
  return {
    event: taskEvent('started', facts, now, { lease_gen: leaseGen, agent_name: agentName, push }),
    scope: {
      ...systemScope('dispatch'),
      requestId: correlationId,
      ...(traceparent === null ? {} : { traceparent, traceId: traceIdOf(traceparent) }),
    },
    workspaceId,
    audit: false,
  };
}
