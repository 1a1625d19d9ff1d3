import { childTraceparent, tracer } from '@app/telemetry';
import { type Transition } from '../domain/transition';
import { type LockedTask } from '../persistence/task-facts';

/** An attempt at a task, whoever made it, as a part of what its submitter began. It is told where its end is stored. */
export function tellAttempt(task: LockedTask, { lease, error }: Transition): void {
  const parent = task.traceparent ?? undefined;
  if (lease === null || !tracer.follows(parent)) return;
  const endedAtMs = performance.now();
  tracer.record({
    ...{ name: 'task attempt', kind: 'internal', traceparent: childTraceparent(parent), parent },
    ...{ startedAtMs: endedAtMs - task.ranMs, endedAtMs },
    attributes: {
      'quayside.task.id': task.id,
      'quayside.task.type': task.type,
      'quayside.task.attempt': task.attempt,
      'quayside.task.outcome': lease.outcome,
    },
    error: lease.outcome === 'completed' ? undefined : (error?.code ?? lease.outcome),
  });
}
