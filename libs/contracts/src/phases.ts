/** The words a user sees as an instance's status. */
export const INSTANCE_PHASES = [
  'requested',
  'creating',
  'created',
  'starting',
  'running',
  'degraded',
  'unhealthy',
  'restarting',
  'stopping',
  'stopped',
  'idle',
  'failed',
  'unknown',
  'deleting',
  'deleted',
] as const;
export type InstancePhase = (typeof INSTANCE_PHASES)[number];

export type DesiredState = 'running' | 'stopped' | 'deleted';
