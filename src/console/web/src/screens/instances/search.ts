import { INSTANCE_TONES, type InstanceStatus } from '~/design/status-tone';
import { oneOf, present, textOf } from '~/shell/search-params';

export const TYPES = ['docker', 'url', 'stdio'] as const;
export type InstanceType = (typeof TYPES)[number];
export const SORTS = ['-created_at', 'created_at', 'name', '-name'] as const;
export type InstanceSort = (typeof SORTS)[number];

export interface InstancesSearch {
  readonly q?: string;
  /** Separated by commas, as the API takes it. */
  readonly status?: string;
  readonly type?: InstanceType;
  /** `key:value` or `key`, as the API takes each of them. */
  readonly label?: readonly string[];
  readonly sort?: InstanceSort;
}

export const LABELS_MAX = 5;
export const STATUSES = Object.keys(INSTANCE_TONES) as readonly InstanceStatus[];

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateInstancesSearch(search: Record<string, unknown>): InstancesSearch {
  const q = textOf(search['q']);
  const type = oneOf(search['type'], TYPES);
  const sort = oneOf(search['sort'], SORTS);
  const statuses = (textOf(search['status']) ?? '').split(',').filter((one) => oneOf(one, STATUSES));
  return present({ q, status: textOf(statuses.join(',')), type, label: labelsOf(search['label']), sort });
}

/** One, or a list of them; more than the API takes are left out. */
function labelsOf(value: unknown): readonly string[] | undefined {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const labels = [...new Set(all.flatMap((one) => textOf(one) ?? []))].slice(0, LABELS_MAX);
  return labels.length === 0 ? undefined : labels;
}

export const TABS = [
  'overview',
  'tools',
  'logs',
  'metrics',
  'events',
  'config',
  'diagnose',
  'danger',
] as const;
export type Tab = (typeof TABS)[number];
export const WINDOWS = ['1h', '24h', '7d'] as const;
export type MetricWindow = (typeof WINDOWS)[number];
export const STREAMS = ['output', 'gateway', 'health'] as const;
export type LogStream = (typeof STREAMS)[number];

export interface InstanceSearch {
  readonly tab?: Tab;
  readonly window?: MetricWindow;
  readonly stream?: LogStream;
  /** The virtual endpoint whose tools are on view. */
  readonly endpoint?: string;
  readonly generation?: number;
}

export function validateInstanceSearch(search: Record<string, unknown>): InstanceSearch {
  const tab = oneOf(search['tab'], TABS);
  const window = oneOf(search['window'], WINDOWS);
  const stream = oneOf(search['stream'], STREAMS);
  const endpoint = textOf(search['endpoint']);
  const number = Number(search['generation']);
  const generation = Number.isInteger(number) && number > 0 ? number : undefined;
  return present({ tab, window, stream, endpoint, generation });
}
