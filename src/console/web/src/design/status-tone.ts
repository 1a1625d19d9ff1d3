/** What a status means to whoever reads it; the one table from words of the API to colours. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'wait' | 'idle';

export type InstanceStatus =
  | 'requested'
  | 'creating'
  | 'created'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'unhealthy'
  | 'restarting'
  | 'stopping'
  | 'stopped'
  | 'idle'
  | 'failed'
  | 'unknown'
  | 'deleting'
  | 'deleted';

export type WorkStatus =
  'pending' | 'running' | 'retrying' | 'waiting_approval' | 'completed' | 'failed' | 'cancelled' | 'skipped';

export type AgentStatus = 'active' | 'draining' | 'lost' | 'offline';
export type CircuitStatus = 'closed' | 'open' | 'half_open';
export type DeliveryStatus = 'pending' | 'retrying' | 'delivered' | 'failed' | 'skipped';
export type DefinitionStatus = 'draft' | 'published' | 'archived';

const BUSY = 'busy' as const;

export const INSTANCE_TONES: Readonly<Record<InstanceStatus, Tone>> = {
  requested: BUSY,
  creating: BUSY,
  created: BUSY,
  starting: BUSY,
  running: 'good',
  degraded: 'warn',
  unhealthy: 'warn',
  restarting: BUSY,
  stopping: BUSY,
  stopped: 'idle',
  idle: 'idle',
  failed: 'bad',
  unknown: 'warn',
  deleting: BUSY,
  deleted: 'idle',
};

export const WORK_TONES: Readonly<Record<WorkStatus, Tone>> = {
  pending: 'idle',
  running: BUSY,
  retrying: 'warn',
  waiting_approval: 'wait',
  completed: 'good',
  failed: 'bad',
  cancelled: 'idle',
  skipped: 'idle',
};

export const AGENT_TONES: Readonly<Record<AgentStatus, Tone>> = {
  active: 'good',
  draining: 'warn',
  lost: 'bad',
  offline: 'idle',
};

export const CIRCUIT_TONES: Readonly<Record<CircuitStatus, Tone>> = {
  closed: 'good',
  open: 'bad',
  half_open: 'warn',
};

export const DELIVERY_TONES: Readonly<Record<DeliveryStatus, Tone>> = {
  pending: 'idle',
  retrying: 'warn',
  delivered: 'good',
  failed: 'bad',
  skipped: 'idle',
};

export const DEFINITION_TONES: Readonly<Record<DefinitionStatus, Tone>> = {
  draft: 'idle',
  published: 'good',
  archived: 'idle',
};

/** Which family of words a badge speaks: `running` is good for an instance and busy for a task. */
export const TONES = {
  instance: INSTANCE_TONES,
  work: WORK_TONES,
  agent: AGENT_TONES,
  circuit: CIRCUIT_TONES,
  delivery: DELIVERY_TONES,
  definition: DEFINITION_TONES,
} as const;

export type StatusFamily = keyof typeof TONES;

/** The tone of a word; one that this build does not know (a newer server) is shown as it is, in grey. */
export function toneOf(family: StatusFamily, status: string): Tone {
  const tones: Readonly<Record<string, Tone>> = TONES[family];
  return tones[status] ?? 'idle';
}
