import { randomUUID } from 'node:crypto';
import { type Database } from '@app/database';
import { type Case } from './audited-case';

const TASKS = '/api/v1/tasks';
const [WAITING, DEAD, DEAD_TOO] = [randomUUID(), randomUUID(), randomUUID()];

/** What an agent says of a task that it holds: the attempts and the log of the task are its record, not the trail. */
export const SAID_BY_AGENTS: ReadonlySet<string> = new Set([
  'sendHeartbeat',
  'reportTaskProgress',
  'appendTaskLogs',
  'completeTask',
  'failTask',
  'handBackTask',
  'reportOutcomes',
  'leaseTasks',
]);

const task =
  (id: string, status: string) =>
  async (db: Database): Promise<void> => {
    await db.execute(
      `INSERT INTO task (id, workspace_id, type, payload, priority, lane, rank, due_at, retry_count, timeout_s, status,
                         dead_reason, finished_at, submitted_by, correlation_id)
       SELECT $1, workspace.id, 'audited', '{}', 'low', 'audited', now(), now(), 0, 60, $2,
              CASE WHEN $2 = 'failed' THEN 'retries_exhausted' END, CASE WHEN $2 = 'failed' THEN now() END, 'key:bootstrap', 'r'
         FROM workspace WHERE name = 'default'`,
      [id, status],
    );
  };

export const TASK_CASES: readonly Case[] = [
  {
    operation: 'pauseQueue',
    path: () => '/api/v1/queues/notifications.deliver/pause',
    action: 'queue.paused',
  },
  {
    operation: 'resumeQueue',
    path: () => '/api/v1/queues/notifications.deliver/resume',
    action: 'queue.resumed',
  },
  {
    operation: 'putTaskLimit',
    path: () => `${TASKS}/limits/type/audited`,
    body: () => ({ max_running: 5 }),
    action: 'task.limit.changed',
  },
  {
    operation: 'deleteTaskLimit',
    path: () => `${TASKS}/limits/type/audited`,
    action: 'task.limit.changed',
  },
  { operation: 'submitTask', body: () => ({ type: 'audited', payload: {} }), action: 'task.submitted' },
  {
    operation: 'submitTasks',
    body: () => ({ tasks: [{ type: 'audited', payload: {} }] }),
    action: 'task.submitted',
  },
  {
    operation: 'cancelTask',
    prepare: task(WAITING, 'pending'),
    path: () => `${TASKS}/${WAITING}/cancel`,
    action: 'task.cancelled',
  },
  {
    operation: 'retryTask',
    prepare: task(DEAD, 'failed'),
    path: () => `${TASKS}/${DEAD}/retry`,
    action: 'task.submitted',
  },
  {
    operation: 'retryDeadLetters',
    prepare: task(DEAD_TOO, 'failed'),
    body: () => ({ ids: [DEAD_TOO] }),
    action: 'task.submitted',
  },
];
