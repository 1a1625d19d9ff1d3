import { rest } from '~/api/client';
import { type LivePage } from '~/live/use-live-pages';
import { type TasksSearch } from './search';
import { idOf, recentlyTold, type TaskSummary } from './task';

const PAGE_SIZE = 100;

export async function readTasks(
  { status, type, agent }: TasksSearch,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<LivePage<TaskSummary>> {
  const query = {
    limit: PAGE_SIZE,
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(agent === undefined ? {} : { agent_id: agent }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const { data, error, response } = await rest.GET('/api/v1/tasks', { params: { query }, signal });
  if (error !== undefined) throw error;
  return { rows: recentlyTold.upToDate(data.tasks, response, idOf), next: data.next_cursor };
}

export async function readDead(
  { type }: TasksSearch,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<LivePage<TaskSummary>> {
  const query = {
    limit: PAGE_SIZE,
    ...(type === undefined ? {} : { type }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const { data, error, response } = await rest.GET('/api/v1/tasks/dead-letters', {
    params: { query },
    signal,
  });
  if (error !== undefined) throw error;
  return { rows: recentlyTold.upToDate(data.tasks, response, idOf), next: data.next_cursor };
}
