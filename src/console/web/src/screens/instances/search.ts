import { INSTANCE_TONES, type InstanceStatus } from '~/design/status-tone';

export const TYPES = ['docker', 'url', 'stdio'] as const;
export type InstanceType = (typeof TYPES)[number];
export const SORTS = ['-created_at', 'created_at', 'name', '-name'] as const;
export type InstanceSort = (typeof SORTS)[number];

export interface InstancesSearch {
  readonly q?: string;
  /** Separated by commas, as the API takes it. */
  readonly status?: string;
  readonly type?: InstanceType;
  readonly sort?: InstanceSort;
}

export const STATUSES = Object.keys(INSTANCE_TONES) as readonly InstanceStatus[];

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

const oneOf = <T extends string>(value: unknown, known: readonly T[]): T | undefined =>
  known.find((candidate) => candidate === value);

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateInstancesSearch(search: Record<string, unknown>): InstancesSearch {
  const q = textOf(search['q']);
  const type = oneOf(search['type'], TYPES);
  const sort = oneOf(search['sort'], SORTS);
  const statuses = (textOf(search['status']) ?? '').split(',').filter((one) => oneOf(one, STATUSES));
  return {
    ...(q === undefined ? {} : { q }),
    ...(statuses.length === 0 ? {} : { status: statuses.join(',') }),
    ...(type === undefined ? {} : { type }),
    ...(sort === undefined ? {} : { sort }),
  };
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
  const generation = Number(search['generation']);
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(window === undefined ? {} : { window }),
    ...(stream === undefined ? {} : { stream }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(Number.isInteger(generation) && generation > 0 ? { generation } : {}),
  };
}
