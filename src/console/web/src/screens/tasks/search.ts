import { oneOf, present, textOf } from '~/shell/search-params';

export const STATUSES = ['pending', 'running', 'retrying', 'completed', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof STATUSES)[number];
export const TABS = ['all', 'dead'] as const;
export type TasksTab = (typeof TABS)[number];
export const PRIORITIES = ['high', 'medium', 'low'] as const;

export interface TasksSearch {
  /** Left out: all. */
  readonly tab?: TasksTab;
  readonly status?: TaskStatus;
  readonly type?: string;
  readonly agent?: string;
  readonly panel?: 'submit';
}

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateTasksSearch(search: Record<string, unknown>): TasksSearch {
  const tab = oneOf(search['tab'], TABS);
  const status = oneOf(search['status'], STATUSES);
  const [type, agent] = [textOf(search['type']), textOf(search['agent'])];
  const panel = oneOf(search['panel'], ['submit'] as const);
  return present({ tab, status, type, agent, panel });
}
