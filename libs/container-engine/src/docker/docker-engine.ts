import { tmpdir } from 'node:os';
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
import { type ContainerSpec, LABELS } from '../container-spec';
import {
  ContainerNotFoundError,
  ContainerNotRunningError,
  EngineRefusedError,
  ImageNotFoundError,
  WorkloadNotSupportedError,
} from '../errors';
import { normalImageReference } from '../image-reference';
import { environmentBlock } from '../secrets/environment-block';
import { StatsSampler } from '../stats-sampler';
import {
  type DockerAddress,
  DockerCalls,
  isConflict,
  isNotFound,
  isNotModified,
  orNotFound,
  orUndefined,
  unless,
} from './docker-calls';
import { DockerCreate } from './docker-create';
import { DockerEvents } from './docker-events';
import { DockerImages } from './docker-images';
import { engineInfoOf } from './docker-info';
import { DockerNetworks } from './docker-networks';
import { DockerOutput } from './docker-output';
import { sampleOf } from './docker-stats';
import { detailsOf, statusOf } from './docker-status';
import { attachTo, feed } from './docker-streams';
import { OomNotes } from './oom-notes';
import { SecretCourier } from './secret-courier';

export interface DockerEngineOptions extends DockerAddress {
  /** From this range each instance's network gets a /28. */
  readonly subnetRange?: string;
  /** The static program that hands secrets over; without it they can only be given in the open. */
  readonly launcherPath?: string;
  /** A folder on a tmpfs that the engine sees under the same path. */
  readonly secretsFolder?: string;
  readonly runtime?: 'runc' | 'runsc' | 'kata';
  /** A pull from which nothing is heard for so long has failed. */
  readonly pullSilenceMs?: number;
}

const DEFAULT_SUBNET_RANGE = '10.231.0.0/16';
const DEFAULT_SECRETS_FOLDER = '/dev/shm';
/** On top of the time that the container itself gets. */
const STOP_MARGIN_MS = 30_000;
const REMOVE_WITHIN_MS = 60_000;

/** The Docker Engine API: Docker from 20.10, Podman from 4. */
export class DockerEngine extends ContainerEngine {
  readonly kind = 'docker';
  readonly #calls: DockerCalls;
  readonly #networks: DockerNetworks;
  readonly #courier: SecretCourier;
  readonly #create: DockerCreate;
  readonly #output: DockerOutput;
  readonly #images: DockerImages;
  readonly #sampler = new StatsSampler();
  readonly #oomNotes = new OomNotes();
  readonly #watches = new Set<DockerEvents>();

  constructor(private readonly options: DockerEngineOptions) {
    super();
    this.#calls = new DockerCalls(options);
    this.#output = new DockerOutput(this.#calls);
    this.#images = new DockerImages(this.#calls, options.pullSilenceMs);
    this.#networks = new DockerNetworks(this.#calls, options.subnetRange ?? DEFAULT_SUBNET_RANGE);
    const folder =
      options.secretsFolder ?? (process.platform === 'linux' ? DEFAULT_SECRETS_FOLDER : tmpdir());
    this.#courier = new SecretCourier(folder, options.launcherPath);
    this.#create = new DockerCreate(this.#calls, this.#courier, options.runtime);
  }

  override async ping(): Promise<void> {
    await this.#calls.ask('answer', (docker) => docker.ping());
  }

  override async info(): Promise<EngineInfo> {
    const [version, info] = await this.#calls.ask('tell about itself', (docker) =>
      Promise.all([docker.version(), docker.info() as Promise<unknown>]),
    );
    return engineInfoOf(version.Version, info);
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
    if (spec.workload.kind !== 'image') {
      throw new WorkloadNotSupportedError('Bundled servers run as processes, not as containers.');
    }
    const reference = normalImageReference(spec.workload.image);
    const image = await this.imageInfo(reference);
    if (image === undefined)
      throw new ImageNotFoundError(reference, 'the engine does not have it; pull it first');
    return this.#create.create(spec, reference, image);
  }

  override async start(id: string, secrets: ReadonlyMap<string, string> = new Map()): Promise<void> {
    const details = await this.#details(id);
    if (details.state === 'running') return;
    const { secretDelivery: delivery, identity, name } = details;
    if ((delivery === 'file' || delivery === 'launcher') && identity !== null && secrets.size > 0) {
      // Written again: the machine may have lost its memory since the container was made.
      const { installation } = identity;
      const owner = await this.#ownerOf(id);
      await this.#courier.writeFiles({ installation, container: name, delivery, values: secrets, owner });
    }
    if (delivery === 'stdin') await this.#startFed(id, secrets);
    else await this.#start(id);
  }

  override async stop(id: string, timeoutS: number): Promise<void> {
    await unless(
      (error) => isNotModified(error) || isNotFound(error),
      this.#calls.call(
        'stop the container',
        (docker, abortSignal) => docker.getContainer(id).stop({ t: timeoutS, abortSignal }),
        timeoutS * 1000 + STOP_MARGIN_MS,
      ),
    );
    const details = await this.inspect(id);
    if (details !== undefined) await this.#forgetSecrets(details);
  }

  override async remove(id: string): Promise<void> {
    const details = await this.inspect(id);
    if (details === undefined) return;
    await unless(
      (error) => isNotFound(error) || isRemovalInProgress(error),
      this.#calls.call(
        'remove the container',
        (docker, abortSignal) => docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
        REMOVE_WITHIN_MS,
      ),
    );
    this.#sampler.forget(details.id);
    this.#oomNotes.forget(details.id);
    await this.#forgetSecrets(details);
  }

  override async list({ installation, instanceId }: ContainerFilter): Promise<ContainerStatus[]> {
    const label = [`${LABELS.installation}=${installation}`];
    if (instanceId !== undefined) label.push(`${LABELS.instance}=${instanceId}`);
    const found = await this.#calls.call('list containers', (docker, abortSignal) =>
      docker.listContainers({ all: true, filters: { label }, abortSignal }),
    );
    return found.map(statusOf);
  }

  override async inspect(idOrName: string): Promise<ContainerDetails | undefined> {
    const info = await orUndefined(
      this.#calls.call('inspect the container', (docker, abortSignal) =>
        docker.getContainer(idOrName).inspect({ abortSignal }),
      ),
    );
    return info === undefined ? undefined : detailsOf(info, this.#oomNotes.isOomKilled(info));
  }

  override logs(id: string, options: LogOptions): Promise<string[]> {
    return this.#output.logs(id, options);
  }

  override follow(id: string, onLine: (line: string) => void): Promise<() => void> {
    return this.#output.follow(id, onLine);
  }

  override stats(id: string): Promise<ContainerStats> {
    return this.#sampler.stats(id, async () => {
      const work = this.#calls.ask('measure the container', (docker) =>
        docker.getContainer(id).stats({ stream: false, 'one-shot': true }),
      );
      const sample = sampleOf(await orNotFound(id, work));
      if (sample === undefined) throw new ContainerNotRunningError(id, 'measure it');
      return sample;
    });
  }

  override attach(id: string): Promise<Attachment> {
    return orNotFound(id, attachTo(this.#calls, id));
  }

  override events(filter: ContainerFilter, onEvent: (event: EngineEvent) => void): () => void {
    const watch = new DockerEvents(this.#calls, filter, onEvent, this.#oomNotes);
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
    const containers = await this.list({ installation });
    await this.#courier.sweep(installation, new Set(containers.map(({ name }) => name)));
  }

  override close(): Promise<void> {
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
    return Promise.resolve();
  }

  async #start(id: string): Promise<void> {
    const work = this.#calls.call('start the container', (docker, abortSignal) =>
      docker.getContainer(id).start({ abortSignal }),
    );
    await orNotFound(id, unless(isNotModified, work));
  }

  async #startFed(id: string, secrets: ReadonlyMap<string, string>): Promise<void> {
    const feeding = await orNotFound(id, feed(this.#calls, id, environmentBlock(secrets)));
    try {
      await this.#start(id);
    } catch (error) {
      feeding.abandon();
      throw error;
    }
    try {
      await feeding.deliver();
    } catch (error) {
      // It would wait for its secrets for ever; ended, it is seen as what it is and made anew.
      await this.stop(id, 0);
      throw error;
    }
  }

  async #details(id: string): Promise<ContainerDetails> {
    const details = await this.inspect(id);
    if (details === undefined) throw new ContainerNotFoundError(id);
    return details;
  }

  /** The user that the container was made with, whoever made it. */
  async #ownerOf(id: string): Promise<{ uid: number; gid: number }> {
    const { Config } = await this.#calls.call('inspect the container', (docker, abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }),
    );
    const [uid = Number.NaN, gid = Number.NaN] = Config.User.split(':').map(Number);
    return { uid, gid };
  }

  async #forgetSecrets({ identity, name }: ContainerDetails): Promise<void> {
    if (identity !== null) await this.#courier.forget(identity.installation, name);
  }
}

const isRemovalInProgress = (error: unknown): boolean =>
  isConflict(error) &&
  error instanceof EngineRefusedError &&
  /removal of container .* in progress/i.test(error.words);
