import { type EnvironmentVariable, type ImageReply, type InspectReply } from '@app/contracts';
import { type InstanceView } from '../queries/instance-view';

/** What is known before anybody is asked. */
export interface Subject extends Pick<
  InstanceView,
  | 'id'
  | 'name'
  | 'spec'
  | 'desired'
  | 'generation'
  | 'status'
  | 'reason'
  | 'lastError'
  | 'era'
  | 'nextAttemptAt'
> {
  /** The contract of its definition. */
  readonly schema: readonly EnvironmentVariable[];
}

/** What whoever holds the engine says; undefined: nobody answered. */
export interface EngineFacts {
  readonly inspected: InspectReply | undefined;
  readonly image: ImageReply | undefined;
}

export const isServing = ({ status }: Pick<Subject, 'status'>): boolean =>
  status === 'running' || status === 'idle';

const ON_ITS_WAY: ReadonlySet<string> = new Set([
  'requested',
  'creating',
  'created',
  'starting',
  'restarting',
  'stopping',
  'deleting',
]);

export const isOnItsWay = ({ status }: Pick<Subject, 'status'>): boolean => ON_ITS_WAY.has(status);
