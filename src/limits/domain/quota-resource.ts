/** Counted by the day, in UTC: what is used stays used. */
export const DAILY_RESOURCES = ['tasks_per_day', 'tool_calls_per_day'] as const;
export type DailyResource = (typeof DAILY_RESOURCES)[number];

/** Held by a thing as long as there is the thing. */
export type HeldResource =
  | 'instances'
  | 'running_instances'
  | 'memory_bytes'
  | 'cpu_millis'
  | 'running_tasks'
  | 'websocket_connections';

export type HeldAmounts = Readonly<Partial<Record<HeldResource, number>>>;

export const isDaily = (resource: string): resource is DailyResource =>
  (DAILY_RESOURCES as readonly string[]).includes(resource);

const DAY_MS = 86_400_000;

/** `2026-11-21` */
export const utcDay = (at: Date): string => at.toISOString().slice(0, 'yyyy-mm-dd'.length);

/** When the day after begins. */
export const endOfUtcDay = (at: Date): Date => new Date((Math.floor(at.getTime() / DAY_MS) + 1) * DAY_MS);
