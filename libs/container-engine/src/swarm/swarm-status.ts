import { type ContainerInspectInfo } from 'dockerode';
import { type ContainerDetails, type ContainerState, type ContainerStatus } from '../container-engine';
import { identityOf } from '../container-spec';
import { dateOf, deliveryOf, signalOf } from '../docker/docker-status';
import { replicasOf, type SwarmContainer, type SwarmTask } from './swarm-objects';

/** Beside the labels of every engine. */
export const SWARM_LABELS = {
  /** When we stopped it: Swarm forgets the task of a service that is scaled to none. */
  stopped: 'quayside.stopped',
  /** Where the server listens; a service with this label has a door. */
  port: 'quayside.port',
  /** On what belongs to one service: secrets, a network of its own. Its value is the service's name. */
  of: 'quayside.of',
  /** On a door: id of the service behind it. */
  door: 'quayside.door',
  /** On a door: address and port behind it. */
  doorTarget: 'quayside.door-target',
} as const;

/** What belongs to a service is there before it: younger than a create takes, it may be for one to come. */
export const YOUNG_MS = 10 * 60_000;

const RUNNING = 'running';
const ENDED: ReadonlySet<string> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
]);
const TO_BE_ENDED: ReadonlySet<string> = new Set(['shutdown', 'remove']);
/** In a task that ran, which is then said by its exit code; every other error is why it could not run. */
const EXIT_WORDS = /^task: non-zero exit \(\d+\)/;

/** It ran, and ended since. */
export const hasRun = ({ Status: { State, Err } }: SwarmTask): boolean =>
  State === 'complete' || State === 'shutdown' || EXIT_WORDS.test(Err ?? '');

export const hasEnded = ({ Status: { State } }: SwarmTask): boolean => ENDED.has(State);

/** A node was drained or lost; nobody waits for what still runs there, because the manager may not hear of it again. */
const wasTakenAway = ({ service, task }: SwarmContainer): boolean =>
  task !== undefined && !hasEnded(task) && TO_BE_ENDED.has(task.DesiredState) && replicasOf(service) > 0;

export function stateOf({ service, task }: SwarmContainer): ContainerState {
  if (task === undefined)
    return service.Spec.Labels[SWARM_LABELS.stopped] === undefined ? 'created' : 'exited';
  if (hasEnded(task) || wasTakenAway({ service, task })) return 'exited';
  return task.Status.State === RUNNING ? 'running' : 'created';
}

export function statusOf(container: SwarmContainer): ContainerStatus {
  const { ID: id, Spec } = container.service;
  return {
    id,
    name: Spec.Name,
    image: Spec.TaskTemplate.ContainerSpec?.Image ?? '',
    labels: Spec.Labels,
    identity: identityOf(Spec.Labels) ?? null,
    state: stateOf(container),
  };
}

/** What the manager does not know: only the engine that runs the container does, and only this one is asked. */
export interface LocalKnowledge {
  readonly container: ContainerInspectInfo | undefined;
  readonly addresses: readonly string[];
  readonly oomKilled: boolean;
}

export function detailsOf(container: SwarmContainer, local: LocalKnowledge): ContainerDetails {
  const status = statusOf(container);
  const { state } = status;
  return {
    ...status,
    imageId: local.container?.Image ?? null,
    ...endingOf(container, state),
    oomKilled: local.oomKilled,
    startedAt: startedAtOf(state, container.task, local.container?.State.StartedAt),
    finishedAt: finishedAtOf(container, state),
    addresses: state === 'running' ? local.addresses : [],
    secretDelivery: deliveryOf(status.labels),
  };
}

const NO_ENDING = { exitCode: null, signal: null, error: null } as const;

function endingOf(
  container: SwarmContainer,
  state: ContainerState,
): Pick<ContainerDetails, 'exitCode' | 'signal' | 'error'> {
  const { task } = container;
  if (task === undefined || state !== 'exited') return NO_ENDING;
  // As an operator would stop it: it goes on elsewhere, without blame.
  if (wasTakenAway(container)) return { exitCode: null, signal: 'SIGTERM', error: null };
  if (!hasRun(task)) return { ...NO_ENDING, error: task.Status.Err ?? task.Status.Message ?? null };
  const exitCode = task.Status.ContainerStatus?.ExitCode ?? null;
  return { exitCode, signal: exitCode === null ? null : signalOf(exitCode), error: null };
}

function startedAtOf(
  state: ContainerState,
  task: SwarmTask | undefined,
  local: string | undefined,
): Date | null {
  if (task === undefined || state === 'created') return null;
  if (local !== undefined) return dateOf(local);
  return dateOf(state === 'running' ? task.Status.Timestamp : task.CreatedAt);
}

function finishedAtOf({ service, task }: SwarmContainer, state: ContainerState): Date | null {
  if (state !== 'exited') return null;
  return dateOf(task?.Status.Timestamp ?? service.Spec.Labels[SWARM_LABELS.stopped] ?? '');
}
