import { type ContainerInspectInfo } from 'dockerode';
import {
  type Attachment,
  ContainerEngine,
  type ContainerDetails,
  type ContainerFilter,
  type ContainerStats,
  type ContainerStatus,
  type CreatedContainer,
  type EngineEvent,
  type EngineInfo,
  type ImageInfo,
  type LogOptions,
  type NetworkStatus,
  type PullProgress,
} from '../container-engine';
import { type ContainerSpec } from '../container-spec';
import {
  ContainerNotFoundError,
  ContainerNotRunningError,
  ImageNotFoundError,
  WorkloadNotSupportedError,
} from '../errors';
import { type DockerAddress, DockerCalls, orNotFound, orUndefined } from '../docker/docker-calls';
import { DockerEvents, type EventSubject } from '../docker/docker-events';
import { DockerImages } from '../docker/docker-images';
import { engineInfoOf } from '../docker/docker-info';
import { DockerOutput, type LogSource } from '../docker/docker-output';
import { sampleOf } from '../docker/docker-stats';
import { OomNotes } from '../docker/oom-notes';
import { normalImageReference } from '../image-reference';
import { StatsSampler } from '../stats-sampler';
import { until } from '../until';
import { attachToService } from './swarm-attach';
import { SwarmCreate } from './swarm-create';
import { SwarmDoors } from './swarm-doors';
import { SwarmLife } from './swarm-life';
import { SwarmNetworks } from './swarm-networks';
import { type SwarmContainer, SwarmObjects } from './swarm-objects';
import { SwarmSecrets } from './swarm-secrets';
import { detailsOf, stateOf, statusOf } from './swarm-status';

export interface SwarmEngineOptions extends DockerAddress {
  /** From this range each instance gets a /28 of this machine, for the doors into its overlay network. */
  readonly subnetRange?: string;
  /** The static program that hands secrets over and keeps doors. */
  readonly launcherPath?: string;
  /** A pull from which nothing is heard for so long has failed. */
  readonly pullSilenceMs?: number;
}

const DEFAULT_SUBNET_RANGE = '10.231.0.0/16';
const SERVICE_ID = 'com.docker.swarm.service.id';
/** A manager hears of an end from the node that it happened on. */
const ENDED_WITHIN_MS = 5_000;

/** A manager of Docker Swarm: each container of the port is a service of one task, placed by Swarm (docs/adr/0020). */
export class SwarmEngine extends ContainerEngine {
  readonly kind = 'swarm';
  readonly #calls: DockerCalls;
  readonly #objects: SwarmObjects;
  readonly #networks: SwarmNetworks;
  readonly #secrets: SwarmSecrets;
  readonly #doors: SwarmDoors;
  readonly #create: SwarmCreate;
  readonly #life: SwarmLife;
  readonly #output: DockerOutput;
  readonly #images: DockerImages;
  readonly #sampler = new StatsSampler();
  readonly #oomNotes = new OomNotes();
  readonly #watches = new Set<DockerEvents>();
  readonly #attachments = new Set<Attachment>();

  constructor(options: SwarmEngineOptions) {
    super();
    const { launcherPath } = options;
    this.#calls = new DockerCalls(options);
    this.#objects = new SwarmObjects(this.#calls);
    this.#networks = new SwarmNetworks(this.#calls, options.subnetRange ?? DEFAULT_SUBNET_RANGE);
    this.#secrets = new SwarmSecrets(this.#calls, launcherPath);
    this.#doors = new SwarmDoors(this.#calls, this.#networks, launcherPath);
    this.#create = new SwarmCreate({
      calls: this.#calls,
      objects: this.#objects,
      networks: this.#networks,
      secrets: this.#secrets,
      doors: this.#doors,
    });
    this.#life = new SwarmLife(this.#calls, this.#objects, this.#doors);
    this.#output = new DockerOutput(this.#calls, SERVICE_LOGS);
    this.#images = new DockerImages(this.#calls, options.pullSilenceMs);
  }

  override ping(): Promise<void> {
    return this.#objects.checkManager();
  }

  override async info(): Promise<EngineInfo> {
    const [version, info] = await this.#calls.ask('tell about itself', (docker) =>
      Promise.all([docker.version(), docker.info() as Promise<unknown>]),
    );
    const { Swarm } = info as { readonly Swarm?: { readonly Nodes?: number } };
    const { isolation, ...more } = engineInfoOf(version.Version, info);
    const nodes = Swarm?.Nodes ?? 1;
    return {
      ...more,
      kind: 'swarm',
      isolation: `${isolation} A swarm of ${nodes} node${nodes === 1 ? '' : 's'}.`,
    };
  }

  override async pull(image: string, onProgress?: (progress: PullProgress) => void): Promise<void> {
    await this.#images.pull(normalImageReference(image), onProgress);
  }

  override async imageInfo(image: string): Promise<ImageInfo | undefined> {
    return this.#images.info(normalImageReference(image));
  }

  override async canPull(image: string): Promise<boolean> {
    return this.#images.isOffered(normalImageReference(image));
  }

  override async create(spec: ContainerSpec): Promise<CreatedContainer> {
    if (spec.workload.kind !== 'image')
      throw new WorkloadNotSupportedError('Bundled servers run as processes, not as containers.');
    const reference = normalImageReference(spec.workload.image);
    const image = await this.imageInfo(reference);
    if (image === undefined)
      throw new ImageNotFoundError(reference, 'the engine does not have it; pull it first');
    return this.#create.create(spec, reference, image);
  }

  /** Secrets are in the swarm since the create. */
  override start(id: string): Promise<void> {
    return this.#life.start(id);
  }

  override stop(id: string, timeoutS: number): Promise<void> {
    return this.#life.stop(id, timeoutS);
  }

  override async remove(id: string): Promise<void> {
    const container = await this.#objects.find(id);
    if (container === undefined) return;
    const { name, identity } = statusOf(container);
    await this.#life.remove(container);
    this.#sampler.forget(container.service.ID);
    if (identity === null) return;
    await this.#secrets.removeOf(identity.installation, name);
    await this.#networks.removeAlone(name);
  }

  override async list(filter: ContainerFilter): Promise<ContainerStatus[]> {
    return (await this.#objects.list(filter)).map(statusOf);
  }

  override async inspect(idOrName: string): Promise<ContainerDetails | undefined> {
    const found = await this.#objects.find(idOrName);
    if (found === undefined) return undefined;
    const [container, addresses] = await Promise.all([this.#local(found), this.#doors.addressesOf(found)]);
    const oomKilled = container !== undefined && this.#oomNotes.isOomKilled(container);
    return detailsOf(found, { container, addresses, oomKilled });
  }

  override async logs(id: string, options: LogOptions): Promise<string[]> {
    await this.#find(id);
    return this.#output.logs(id, options);
  }

  override async follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    await this.#find(id);
    return this.#output.follow(id, onLine);
  }

  override async stats(id: string): Promise<ContainerStats> {
    const container = await this.#find(id);
    const containerId = container.task?.Status.ContainerStatus?.ContainerID;
    if (stateOf(container) !== 'running' || containerId === undefined)
      throw new ContainerNotRunningError(id, 'measure it');
    if (container.task?.NodeID !== (await this.#objects.ownNode()))
      throw new ContainerNotRunningError(id, 'measure it here: it runs on another node');
    return this.#sampler.stats(id, async () => {
      const work = this.#calls.ask('measure the container', (docker) =>
        docker.getContainer(containerId).stats({ stream: false, 'one-shot': true }),
      );
      const sample = sampleOf(await orNotFound(id, work));
      if (sample === undefined) throw new ContainerNotRunningError(id, 'measure it');
      return sample;
    });
  }

  override async attach(id: string): Promise<Attachment> {
    await this.#find(id);
    const attachment = attachToService(this.#calls, this.#objects, id);
    this.#attachments.add(attachment);
    attachment.stdout.once('close', () => this.#attachments.delete(attachment));
    return attachment;
  }

  override events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void {
    const watch = new DockerEvents(this.#calls, filter, onEvent, this.#oomNotes, this.#subject());
    this.#watches.add(watch);
    watch.start();
    return () => {
      watch.stop();
      this.#watches.delete(watch);
    };
  }

  override ensureNetwork(installation: string, instanceId: string): Promise<NetworkStatus> {
    return this.#networks.ensure(installation, instanceId);
  }

  override removeNetwork(id: string): Promise<void> {
    return this.#networks.remove(id);
  }

  override listNetworks(filter: ContainerFilter): Promise<NetworkStatus[]> {
    return this.#networks.list(filter);
  }

  override async sweep(installation: string): Promise<void> {
    const containers = await this.#objects.list({ installation });
    await this.#doors.sweep(installation, containers);
    const services = new Set(containers.map(({ service }) => service.Spec.Name));
    await this.#secrets.sweep(installation, services);
    await this.#networks.sweep(installation, services);
  }

  override close(): Promise<void> {
    for (const watch of this.#watches) watch.stop();
    for (const attachment of this.#attachments) attachment.close();
    this.#watches.clear();
    this.#attachments.clear();
    return Promise.resolve();
  }

  async #find(id: string): Promise<SwarmContainer> {
    const found = await this.#objects.find(id);
    if (found === undefined) throw new ContainerNotFoundError(id);
    return found;
  }

  /** What the engine here knows of a task's container, when it is here. */
  async #local({ task }: SwarmContainer): Promise<ContainerInspectInfo | undefined> {
    const containerId = task?.Status.ContainerStatus?.ContainerID ?? '';
    if (containerId === '') return undefined;
    return orUndefined(
      this.#calls.call('inspect the container', (docker, abortSignal) =>
        docker.getContainer(containerId).inspect({ abortSignal }),
      ),
    );
  }

  /** Events of containers on this node; of those elsewhere the manager tells nothing, and they are seen by looking. */
  #subject(): EventSubject {
    return {
      idOf: (_containerId, attributes) => attributes[SERVICE_ID],
      untilListed: (id) =>
        until(async () => {
          const found = await this.#objects.find(id);
          return found === undefined || stateOf(found) !== 'running' ? true : undefined;
        }, ENDED_WITHIN_MS),
    };
  }
}

const SERVICE_LOGS: LogSource = (docker, id) => docker.getService(id) as unknown as ReturnType<LogSource>;
