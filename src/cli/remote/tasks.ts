import { type Listing } from '../output/formats';
import { ageOf, column } from '../output/table';
import { type Session } from '../session';
import { objectOf } from './arguments';
import { EXIT } from '../failures';

interface TaskBody {
  readonly task_id: string;
  readonly type: string;
  readonly status: string;
  readonly priority: string;
  readonly progress: number;
  readonly assigned_agent: string | null;
  readonly attempt: number;
  readonly created_at: string;
  readonly waiting_for: string | null;
  readonly error: { readonly code?: string; readonly message?: string } | null;
}
interface LogEntry {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
}

const TASKS = '/api/v1/tasks';
const pathOf = (id: string, rest = ''): string => `${TASKS}/${encodeURIComponent(id)}${rest}`;
const percent = (share: number): string => `${String(Math.round(share * 100))}%`;

const LISTING: Listing<TaskBody> = {
  name: ({ task_id: id }) => id,
  columns: [
    column('task', ({ task_id: id }) => id),
    column('type', ({ type }) => type),
    column('status', ({ status }) => status),
    column('priority', ({ priority }) => priority),
    column('progress', ({ progress }) => percent(progress)),
    column('attempt', ({ attempt }) => attempt),
    column('age', ({ created_at: at }) => ageOf(at, Date.now())),
    column('waits for', ({ waiting_for: why, error }) => why ?? error?.message),
  ],
};

export async function listTasks(
  session: Session,
  { status, type }: { readonly status?: string; readonly type?: string },
): Promise<void> {
  const filter = { ...(status !== undefined && { status }), ...(type !== undefined && { type }) };
  session.list(await session.all<TaskBody>(TASKS, 'tasks', filter), LISTING, 'No tasks.');
}

export async function showTask(session: Session, id: string): Promise<void> {
  const task = await session.api().call<TaskBody>('GET', pathOf(id));
  session.show(task, () => wordsOf(task));
  if (task.status === 'failed') session.exitCode = EXIT.failed;
}

function wordsOf({ task_id: id, type, status, ...task }: TaskBody): string {
  const lines = [`${id}  ${type}  ${status}  ${percent(task.progress)}  attempt ${String(task.attempt)}`];
  if (task.assigned_agent !== null) lines.push(`agent: ${task.assigned_agent}`);
  if (task.waiting_for !== null) lines.push(`waits for: ${task.waiting_for}`);
  if (task.error !== null) lines.push(`error: ${task.error.message ?? ''} (${task.error.code ?? 'unknown'})`);
  return lines.join('\n');
}

export interface SubmitOptions {
  readonly payload: string;
  readonly priority?: string;
  readonly capability?: readonly string[];
}

export async function submitTask(session: Session, type: string, options: SubmitOptions): Promise<void> {
  const { payload, priority, capability } = options;
  const text = payload === '-' ? await session.terminal.input() : payload;
  const accepted = await session.api().call<{ task_id: string }>('POST', TASKS, {
    ...{ type, payload: objectOf(text, '--payload') },
    ...(priority === undefined ? {} : { priority }),
    ...(capability === undefined ? {} : { capabilities: capability }),
  });
  session.show(accepted, () => accepted.task_id);
}

export async function cancelTask(session: Session, id: string): Promise<void> {
  const task = await session.api().call<TaskBody>('POST', pathOf(id, '/cancel'), {});
  session.show(task, () => wordsOf(task));
}

export async function retryTask(session: Session, id: string): Promise<void> {
  const accepted = await session.api().call<{ task_id: string }>('POST', pathOf(id, '/retry'), {});
  session.show(accepted, () => accepted.task_id);
}

export async function taskLogs(session: Session, id: string): Promise<void> {
  const { logs } = await session.api().call<{ logs: readonly LogEntry[] }>('GET', pathOf(id, '/logs'));
  session.show(logs, () =>
    logs.map(({ timestamp, level, message }) => `${timestamp}  ${level.padEnd(5)}  ${message}`).join('\n'),
  );
}
