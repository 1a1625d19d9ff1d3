import { type components } from '~/api/schema.gen';
import { type Frame } from '~/live/frames';
import { type RowPatch } from '~/live/patch-rows';
import { RecentPatches } from '~/live/recent-patches';

type Schemas = components['schemas'];
export type TaskSummary = Schemas['TaskSummaryDto'];
export type Task = Schemas['TaskDto'];
export type BatchResult = Schemas['BatchResultDto'];

export const idOf = ({ task_id: id }: TaskSummary): string => id;

/** What events told last of tasks, whoever listened. */
export const recentlyTold = new RecentPatches();

const WAITING: ReadonlySet<unknown> = new Set(['pending', 'retrying']);

/** What a frame says about a task. Why one waits is not told: a task that runs waits for nothing. */
export function patchOf(frame: Frame): RowPatch | undefined {
  const { task_id: id, status, progress, timestamp, assigned_agent, attempt, sequence } = frame;
  if (frame.type !== 'task_update' || typeof id !== 'string' || typeof status !== 'string') return undefined;
  const changes: Record<string, unknown> = { status };
  if (typeof progress === 'number') changes['progress'] = progress;
  if (typeof assigned_agent === 'string') changes['assigned_agent'] = assigned_agent;
  if (typeof attempt === 'number') changes['attempt'] = attempt;
  if (typeof timestamp === 'string') changes['updated_at'] = timestamp;
  if (!WAITING.has(status)) changes['waiting_for'] = null;
  return { id, changes, ...(sequence === undefined ? {} : { sequence }) };
}
