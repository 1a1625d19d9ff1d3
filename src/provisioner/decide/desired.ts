import { createHash } from 'node:crypto';

import { DEFAULT_MAX_SESSIONS, type DesiredInstanceRow, type InstanceSpec } from '@app/contracts';

/** `gone`: no row says that the instance exists, so whatever is left of it is a stray. */
export type Wish = 'running' | 'stopped' | 'deleted' | 'gone';

/** What is wanted of one instance, reduced to what the next step depends on. */
export interface Desired {
  readonly instanceId: string;
  readonly name: string;
  readonly generation: number;
  /** The generation that its containers are made for. */
  readonly containerGeneration: number;
  readonly wish: Wish;
  readonly replicas: number;
  readonly specHash: string;
  /** undefined exactly when the wish is `gone`. */
  readonly spec: InstanceSpec | undefined;
}

export const specHashOf = (spec: InstanceSpec): string =>
  createHash('sha256').update(canonical(spec)).digest('hex').slice(0, 16);

export function desiredFromRow(row: DesiredInstanceRow): Desired {
  return {
    instanceId: row.id,
    name: row.name,
    generation: row.generation,
    containerGeneration: row.container_generation,
    wish: row.desired_state,
    replicas: row.spec.type === 'url' ? 1 : row.replicas,
    specHash: specHashOf(row.spec),
    spec: row.spec,
  };
}

export const goneInstance = (instanceId: string): Desired => ({
  instanceId,
  name: instanceId,
  generation: 0,
  containerGeneration: 0,
  wish: 'gone',
  replicas: 0,
  specHash: '',
  spec: undefined,
});

/** Whether the server speaks over its standard streams, so that a bridge must give it an address. */
export const needsBridge = (spec: InstanceSpec): boolean =>
  spec.type === 'stdio' || (spec.type === 'docker' && spec.transport === 'stdio');

/** How many sessions may have a process of their own; undefined where they share one. */
export function maxSessionsOf(spec: InstanceSpec): number | undefined {
  if (spec.type === 'url' || !needsBridge(spec) || spec.session_isolation !== 'per_session') return undefined;
  return spec.max_sessions ?? DEFAULT_MAX_SESSIONS;
}

/** Key order must not change the hash: PostgreSQL's jsonb orders keys as it likes. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
