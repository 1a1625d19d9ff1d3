/**
 * What somebody may be told of. A list and not everything there is: a busy installation has thousands of events a second, and
 * what is said of a notification would be a notification again.
 */
export const NOTIFIABLE_EVENTS = [
  'pipeline.run.started',
  'pipeline.run.completed',
  'pipeline.run.failed',
  'pipeline.run.cancelled',
  'pipeline.stage.waiting_approval',
  'pipeline.stage.failed',
  'task.failed',
  'agent.lost',
  'agent.returned',
  'mcp.instance.failed',
  'mcp.instance.unhealthy',
  'mcp.instance.degraded',
  'webhook.endpoint.disabled',
] as const;
export type NotifiableEvent = (typeof NOTIFIABLE_EVENTS)[number];

/** What is told to the addresses that a run names, and to subscribers who chose nothing. */
export const RUN_EVENTS: readonly NotifiableEvent[] = [
  'pipeline.run.completed',
  'pipeline.run.failed',
  'pipeline.run.cancelled',
  'pipeline.stage.waiting_approval',
];

const ALL = '*';
const BELOW = '.*';

/** A filter is a name, a beginning with `.*` behind it, or `*`. */
export const isSubscribed = (filters: readonly string[], event: string): boolean =>
  filters.some((filter) => matches(filter, event));

/** Filters that would never let anything pass are spelling mistakes. */
export const unknownFilters = (filters: readonly string[]): readonly string[] =>
  filters.filter((filter) => !NOTIFIABLE_EVENTS.some((event) => matches(filter, event)));

function matches(filter: string, event: string): boolean {
  if (filter === ALL || filter === event) return true;
  return filter.endsWith(BELOW) && event.startsWith(filter.slice(0, -1));
}
