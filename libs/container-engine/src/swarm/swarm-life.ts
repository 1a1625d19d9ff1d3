import {
  ContainerNotFoundError,
  EngineRefusedError,
  EngineUnavailableError,
  ImageNotFoundError,
} from '../errors';
import { type DockerCalls, isConflict, isNotFound, unless } from '../docker/docker-calls';
import { identityOf } from '../container-spec';
import { until } from '../until';
import { type SwarmDoors } from './swarm-doors';
import {
  replicasOf,
  type ServiceSpec,
  type SwarmContainer,
  type SwarmObjects,
  type SwarmTask,
} from './swarm-objects';
import { hasEnded, hasRun, stateOf, SWARM_LABELS } from './swarm-status';

/** A node may have to fetch the image first; a start that took longer is begun again and finds what is there. */
const START_WITHIN_MS = 60_000;
/** Without a node that has room, the words of Swarm are worth more than waiting. */
const REFUSED_AFTER_MS = 2_000;
const PLACED_WITHIN_MS = 15_000;
const KILLED_WITHIN_MS = 30_000;
const PENDING: ReadonlySet<string> = new Set(['new', 'pending']);

/** Starts and ends the one task of a service. */
export class SwarmLife {
  constructor(
    private readonly calls: DockerCalls,
    private readonly objects: SwarmObjects,
    private readonly doors: SwarmDoors,
  ) {}

  async start(id: string): Promise<void> {
    const before = await this.#find(id);
    if (stateOf(before) === 'exited')
      throw new EngineRefusedError(
        'start the container',
        'its task has ended, and no task starts twice',
        null,
      );
    if (replicasOf(before.service) === 0) await this.objects.update(id, (spec) => scaled(spec, 1));
    const startedAtMs = performance.now();
    const begun = await until(async () => {
      const container = await this.#find(id);
      const isWaitedFor = stateOf(container) === 'created' && !isStuck(container, startedAtMs);
      return isWaitedFor ? undefined : container;
    }, START_WITHIN_MS);
    const container = begun ?? (await this.#find(id));
    checkBegun(container);
    await this.doors.open(container);
  }

  /** Scaled to none: Swarm asks, waits and kills, on whichever node. What is here does not wait longer than it is given. */
  async stop(id: string, timeoutS: number): Promise<void> {
    const container = await this.objects.find(id);
    if (container === undefined || container.task === undefined || hasEnded(container.task)) return;
    const stopped = { [SWARM_LABELS.stopped]: new Date().toISOString() };
    await this.objects.update(id, (spec) => ({ ...scaled(spec, 0), Labels: { ...spec.Labels, ...stopped } }));
    await this.doors.close(container.service.Spec.Name);
    const isOver = async () => ((await this.#isOver(container)) ? true : undefined);
    if ((await until(isOver, timeoutS * 1_000)) === true) return;
    await this.#kill(container);
    if ((await until(isOver, KILLED_WITHIN_MS)) !== true)
      throw new EngineUnavailableError('it did not stop a container in time');
  }

  /** The service goes at once; what it ran is ended by force where it is here, and in its own time elsewhere. */
  async remove(container: SwarmContainer): Promise<void> {
    const { ID, Spec } = container.service;
    await this.doors.close(Spec.Name);
    await unless(
      isNotFound,
      this.calls.call('remove the service', (docker, abortSignal) =>
        docker.getService(ID).remove({ abortSignal }),
      ),
    );
    await this.#removeLocal(container);
    await until(async () => ((await this.#isOver(container)) ? true : undefined), KILLED_WITHIN_MS);
  }

  async #find(id: string): Promise<SwarmContainer> {
    const found = await this.objects.find(id);
    if (found === undefined) throw new ContainerNotFoundError(id);
    return found;
  }

  async #isOver({ service }: SwarmContainer): Promise<boolean> {
    const identity = identityOf(service.Spec.Labels);
    if (identity === undefined) return true;
    const { installation, instanceId } = identity;
    return (await this.objects.tasksOf({ installation, instanceId }, service.ID)).every(hasEnded);
  }

  /** Where it runs here; one on another node is left to Swarm. */
  async #kill({ task }: SwarmContainer): Promise<void> {
    const containerId = containerOf(task);
    if (containerId === undefined) return;
    await unless(
      // It has ended by itself.
      (error) => isNotFound(error) || isConflict(error),
      this.calls.call('end the container', (docker, abortSignal) =>
        docker.getContainer(containerId).kill({ abortSignal }),
      ),
    );
  }

  async #removeLocal({ task }: SwarmContainer): Promise<void> {
    const containerId = containerOf(task);
    if (containerId === undefined) return;
    await unless(
      // Swarm removes it too, in its own time.
      (error) => isNotFound(error) || isConflict(error),
      this.calls.call('remove the container', (docker, abortSignal) =>
        docker.getContainer(containerId).remove({ force: true, v: true, abortSignal }),
      ),
    );
  }
}

const containerOf = (task: SwarmTask | undefined): string | undefined => {
  const containerId = task?.Status.ContainerStatus?.ContainerID ?? '';
  return containerId === '' ? undefined : containerId;
};

const scaled = (spec: ServiceSpec, replicas: number): ServiceSpec => ({
  ...spec,
  Mode: { Replicated: { Replicas: replicas } },
});

function isStuck({ task }: SwarmContainer, sinceMs: number): boolean {
  if (task !== undefined && !PENDING.has(task.Status.State)) return false;
  const isRefused = (task?.Status.Err ?? '') !== '';
  return performance.now() - sinceMs > (isRefused ? REFUSED_AFTER_MS : PLACED_WITHIN_MS);
}

/** What ran and ended already has been started; how it ended is for whoever looks at it. */
function checkBegun(container: SwarmContainer): void {
  const { task, service } = container;
  const isOver = task !== undefined && hasEnded(task) && hasRun(task);
  if (isOver || stateOf(container) === 'running') return;
  const words = wordsOf(task);
  const image = service.Spec.TaskTemplate.ContainerSpec?.Image ?? '';
  if (/no such image/i.test(words)) throw new ImageNotFoundError(image, words);
  const state = task?.Status.State ?? 'not made';
  throw new EngineRefusedError('start the container', `its task is ${state}: ${words}`, null);
}

function wordsOf(task: SwarmTask | undefined): string {
  const { Err = '', Message = '' } = task?.Status ?? {};
  return Err === '' ? Message : Err;
}
