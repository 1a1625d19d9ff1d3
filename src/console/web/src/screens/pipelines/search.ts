const TABS = ['pipelines', 'runs', 'stages', 'schedules', 'versions'] as const;
const STATUSES = ['pending', 'running', 'waiting_approval', 'completed', 'failed', 'cancelled'] as const;
export const RUN_STATUSES: readonly string[] = STATUSES;

export interface PipelinesSearch {
  readonly q?: string;
  readonly tab?: (typeof TABS)[number];
  /** Of the runs that are listed. */
  readonly status?: (typeof STATUSES)[number];
  /** In the editor: which ready-made pipeline to begin with. */
  readonly template?: number;
  /** The form that starts a run is open. */
  readonly execute?: boolean;
}

export function validatePipelinesSearch(search: Record<string, unknown>): PipelinesSearch {
  const tab = TABS.find((one) => one === search['tab']);
  const status = STATUSES.find((one) => one === search['status']);
  const template = Number(search['template']);
  return {
    ...(typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {}),
    ...(tab === undefined ? {} : { tab }),
    ...(status === undefined ? {} : { status }),
    ...(search['template'] !== undefined && Number.isInteger(template) && template >= 0 ? { template } : {}),
    ...(search['execute'] === true || search['execute'] === 'true' ? { execute: true } : {}),
  };
}
