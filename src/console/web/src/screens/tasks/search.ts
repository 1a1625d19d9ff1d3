export interface TasksSearch {
  readonly q?: string;
}

export const validateTasksSearch = (search: Record<string, unknown>): TasksSearch =>
  typeof search['q'] === 'string' ? { q: search['q'] } : {};
