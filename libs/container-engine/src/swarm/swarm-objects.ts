import type Dockerode from 'dockerode';
import { type ContainerFilter } from '../container-engine';
import { LABELS } from '../container-spec';
import { EngineRefusedError, SwarmManagerMissingError } from '../errors';
import { type DockerCalls, isConflict, orUndefined } from '../docker/docker-calls';

/** As managers really answer; the client library's types know less. */
export interface SwarmTask {
  readonly ID: string;
  readonly ServiceID: string;
  readonly NodeID?: string;
  readonly CreatedAt: string;
  readonly DesiredState: string;
  readonly Status: {
    readonly Timestamp: string;
    readonly State: string;
    readonly Message?: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID?: string; readonly ExitCode?: number };
  };
  readonly NetworksAttachments?: readonly { readonly Addresses?: readonly string[] }[] | null;
}

export interface SwarmService {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: ServiceSpec;
}

export type ServiceSpec = Omit<Dockerode.ServiceSpec, 'TaskTemplate'> & {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly TaskTemplate: Dockerode.ContainerTaskSpec;
};

/** A service and its newest task: together what the port calls a container. */
export interface SwarmContainer {
  readonly service: SwarmService;
  readonly task: SwarmTask | undefined;
}

/** Somebody else may change a service between the look and the change, such as Swarm itself. */
const UPDATE_TRIES = 10;

export const labelFilter = ({ installation, instanceId }: ContainerFilter): string[] => [
  `${LABELS.installation}=${installation}`,
  ...(instanceId === undefined ? [] : [`${LABELS.instance}=${instanceId}`]),
];

export const replicasOf = ({ Spec }: SwarmService): number => Spec.Mode?.Replicated?.Replicas ?? 0;

/** Asks managers about services and tasks, and changes services. */
export class SwarmObjects {
  #nodeId: string | undefined;

  constructor(private readonly calls: DockerCalls) {}

  /** This engine's own name in its swarm; a SwarmManagerMissingError where it is no manager. */
  async ownNode(): Promise<string> {
    this.#nodeId ??= await this.#askNode();
    return this.#nodeId;
  }

  /** Asked anew: an engine may leave its swarm. */
  async checkManager(): Promise<void> {
    this.#nodeId = await this.#askNode();
  }

  async find(idOrName: string): Promise<SwarmContainer | undefined> {
    const service = await this.#service(idOrName);
    if (service === undefined) return undefined;
    const tasks = await this.#tasks({ service: [service.ID] });
    return { service, task: newest(tasks.filter(({ ServiceID }) => ServiceID === service.ID)) };
  }

  async list(filter: ContainerFilter): Promise<SwarmContainer[]> {
    const label = labelFilter(filter);
    const [services, tasks] = await Promise.all([
      this.calls.call(
        'list services',
        (docker, abortSignal) =>
          docker.listServices({ filters: { label }, abortSignal } as object) as Promise<unknown>,
      ),
      this.#tasks({ label }),
    ]);
    const newestOf = new Map<string, SwarmTask>();
    for (const task of tasks) {
      const known = newestOf.get(task.ServiceID);
      if (known === undefined || task.CreatedAt > known.CreatedAt) newestOf.set(task.ServiceID, task);
    }
    return (services as SwarmService[]).map((service) => ({ service, task: newestOf.get(service.ID) }));
  }

  /** Also those of services that are gone, whose containers end only now. */
  async tasksOf(filter: ContainerFilter, serviceId: string): Promise<readonly SwarmTask[]> {
    const tasks = await this.#tasks({ label: labelFilter(filter) });
    return tasks.filter(({ ServiceID }) => ServiceID === serviceId);
  }

  /** False when the service is gone. The change may be made several times; undefined says that there is none to make. */
  async update(id: string, change: (spec: ServiceSpec) => ServiceSpec | undefined): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const service = await this.#service(id);
      if (service === undefined) return false;
      const spec = change(service.Spec);
      if (spec === undefined) return true;
      try {
        await this.calls.call('change the service', (docker, abortSignal) =>
          docker
            .getService(id)
            .update({ _query: { version: service.Version.Index }, _body: spec, abortSignal }),
        );
        return true;
      } catch (error) {
        if (!isOutOfSequence(error) || tries === UPDATE_TRIES) throw error;
      }
    }
  }

  async #askNode(): Promise<string> {
    const info = (await this.calls.ask('tell about itself', (docker) => docker.info())) as {
      readonly Swarm?: {
        readonly NodeID?: string;
        readonly ControlAvailable?: boolean;
        readonly LocalNodeState?: string;
      };
    };
    const { NodeID = '', ControlAvailable = false, LocalNodeState = 'inactive' } = info.Swarm ?? {};
    if (NodeID !== '' && ControlAvailable) return NodeID;
    throw new SwarmManagerMissingError(
      LocalNodeState === 'active' ? 'it is a worker.' : `its swarm mode is ${LocalNodeState}.`,
    );
  }

  async #service(idOrName: string): Promise<SwarmService | undefined> {
    const work = this.calls.call('inspect the service', (docker, abortSignal) =>
      docker.getService(idOrName).inspect({ abortSignal }),
    );
    return (await orUndefined(work)) as SwarmService | undefined;
  }

  async #tasks(filters: Readonly<Record<string, readonly string[]>>): Promise<SwarmTask[]> {
    const work = this.calls.call('list tasks', (docker, abortSignal) =>
      docker.listTasks({ filters, abortSignal }),
    );
    // Asked about a service that is gone meanwhile, the engine says so instead of "none".
    return ((await orUndefined(work)) ?? []) as SwarmTask[];
  }
}

/** A manager that learns of it late says it in another way than one that knows the name. */
export const isNameTaken = (error: unknown): boolean =>
  isConflict(error) ||
  (error instanceof EngineRefusedError && /name conflicts|already exists/i.test(error.words));

const isOutOfSequence = (error: unknown): boolean =>
  error instanceof EngineRefusedError && /out of sequence/i.test(error.words);

const newest = (tasks: readonly SwarmTask[]): SwarmTask | undefined =>
  tasks.reduce<SwarmTask | undefined>(
    (last, task) => (last === undefined || task.CreatedAt > last.CreatedAt ? task : last),
    undefined,
  );
