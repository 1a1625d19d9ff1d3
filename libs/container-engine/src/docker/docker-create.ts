import { type ContainerCreateOptions } from 'dockerode';
import { type ContainerSecretDelivery, type CreatedContainer, type ImageInfo } from '../container-engine';
import {
  containerName,
  type ContainerSpec,
  identityOf,
  LABELS,
  labelsOf,
  sameIdentity,
} from '../container-spec';
import {
  ContainerNameTakenError,
  EngineRefusedError,
  ImageNotFoundError,
  WeakSecretDeliveryError,
} from '../errors';
import { environmentEntries } from '../secrets/environment-block';
import { type DeliveryChoice, possibleDeliveries } from '../secrets/secret-delivery';
import { type DockerCalls, isConflict, isNotFound } from './docker-calls';
import { deliveryOf } from './docker-status';
import { hardenedHostConfig, type ReadOnlyMount, userOf } from './hardening';
import { type SecretCourier, SECRETS_TARGET, LAUNCHER_TARGET } from './secret-courier';

/** While a create runs, the name is taken and inspect does not know it yet. */
const INSPECT_TRIES = 20;
const INSPECT_EVERY_MS = 250;

/** Makes a container, or finds that it is there already. */
export class DockerCreate {
  constructor(
    private readonly calls: DockerCalls,
    private readonly courier: SecretCourier,
    private readonly runtime: string | undefined,
  ) {}

  async create(spec: ContainerSpec, reference: string, image: ImageInfo): Promise<CreatedContainer> {
    const there = await this.#adopt(spec);
    if (there !== undefined) return there;
    const choices = await this.#choices(spec);
    for (const choice of choices) {
      const made = await this.#tryCreate(spec, reference, image, choice);
      if (made !== undefined) return made;
    }
    throw new WeakSecretDeliveryError('the engine does not see the files of this machine.');
  }

  /** undefined: this way of handing secrets over is not possible here, the next one may be. */
  async #tryCreate(
    spec: ContainerSpec,
    reference: string,
    image: ImageInfo,
    choice: DeliveryChoice | undefined,
  ): Promise<CreatedContainer | undefined> {
    const mounts = await this.#mounts(spec, choice?.delivery);
    const options = this.#options({ spec, reference, image, choice, mounts });
    try {
      const { id } = await this.calls.call('create the container', (docker, abortSignal) =>
        docker.createContainer({ ...options, abortSignal }),
      );
      return { id, adopted: false, ...wordsOf(choice) };
    } catch (error) {
      if (isConflict(error)) return this.#adoptLater(spec);
      // Were it made after all and only the answer lost, its start writes them again.
      await this.courier.forget(spec.identity.installation, containerName(spec.identity));
      if (isNotFound(error) && isAboutImage(error))
        throw new ImageNotFoundError(reference, wordsOfEngine(error));
      if (isAboutMount(error) && choice !== undefined) return undefined;
      throw error;
    }
  }

  async #choices({ secrets }: ContainerSpec): Promise<readonly (DeliveryChoice | undefined)[]> {
    if (secrets === undefined || secrets.values.size === 0) return [undefined];
    const possible = possibleDeliveries({
      acceptsFiles: secrets.acceptsFiles,
      filesObstacle: await this.courier.filesObstacle(),
      launcherObstacle: this.courier.launcherObstacle(),
    });
    const allowed = possible.filter(({ delivery }) => delivery !== 'env' || secrets.allowPlainEnvironment);
    if (allowed.length === 0) throw new WeakSecretDeliveryError(possible.at(-1)?.reason ?? '');
    return allowed;
  }

  async #mounts(
    spec: ContainerSpec,
    delivery: ContainerSecretDelivery | undefined,
  ): Promise<readonly ReadOnlyMount[]> {
    const mounts: ReadOnlyMount[] = [];
    if (delivery === 'file' || delivery === 'launcher') {
      const source = await this.courier.writeFiles({
        installation: spec.identity.installation,
        container: containerName(spec.identity),
        delivery,
        values: spec.secrets?.values ?? new Map(),
        owner: userOf(spec),
      });
      mounts.push({ source, target: SECRETS_TARGET });
    }
    if (delivery === 'launcher' || delivery === 'stdin') {
      mounts.push({ source: this.courier.launcherPath ?? '', target: LAUNCHER_TARGET });
    }
    return mounts;
  }

  #options({ spec, reference, image, choice, mounts }: CreateParts): ContainerCreateOptions {
    const { uid, gid } = userOf(spec);
    const delivery = choice?.delivery;
    const command = spec.command === undefined || spec.command.length === 0 ? image.cmd : spec.command;
    const wraps = delivery === 'launcher' || delivery === 'stdin';
    return {
      name: containerName(spec.identity),
      Image: reference,
      User: `${uid}:${gid}`,
      // Naming an entrypoint makes the engine drop the image's command, so both are always said.
      ...(wraps ? { Entrypoint: [...this.courier.launcherCall(delivery), ...image.entrypoint] } : {}),
      ...(command.length > 0 ? { Cmd: [...command] } : {}),
      Env: Object.entries(environmentOf(spec, delivery)).map(([name, value]) => `${name}=${value}`),
      Labels: {
        ...labelsOf(spec.identity),
        ...(choice === undefined
          ? {}
          : { [LABELS.secretDelivery]: choice.delivery, [LABELS.secretDeliveryReason]: choice.reason }),
      },
      // The image's own idea of health would run a program of its choice every few seconds.
      Healthcheck: { Test: ['NONE'] },
      Tty: false,
      OpenStdin: spec.stdio || delivery === 'stdin',
      // A server that speaks over it must outlive the one who attached; one that does not sees its end after the secrets.
      StdinOnce: delivery === 'stdin' && !spec.stdio,
      HostConfig: hardenedHostConfig({ spec, mounts, imageVolumes: image.volumes, runtime: this.runtime }),
    };
  }

  async #adopt(spec: ContainerSpec): Promise<CreatedContainer | undefined> {
    const name = containerName(spec.identity);
    try {
      const info = await this.calls.call('inspect the container', (docker, abortSignal) =>
        docker.getContainer(name).inspect({ abortSignal }),
      );
      const labels = info.Config.Labels;
      if (!sameIdentity(spec.identity, identityOf(labels))) throw new ContainerNameTakenError(name);
      const secretDeliveryReason = labels[LABELS.secretDeliveryReason] ?? null;
      return { id: info.Id, adopted: true, secretDelivery: deliveryOf(labels), secretDeliveryReason };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #adoptLater(spec: ContainerSpec): Promise<CreatedContainer> {
    for (let tries = 0; tries < INSPECT_TRIES; tries += 1) {
      const there = await this.#adopt(spec);
      if (there !== undefined) return there;
      await new Promise((resolve) => setTimeout(resolve, INSPECT_EVERY_MS));
    }
    throw new ContainerNameTakenError(containerName(spec.identity));
  }
}

interface CreateParts {
  readonly spec: ContainerSpec;
  readonly reference: string;
  readonly image: ImageInfo;
  readonly choice: DeliveryChoice | undefined;
  readonly mounts: readonly ReadOnlyMount[];
}

const wordsOf = (
  choice: DeliveryChoice | undefined,
): Pick<CreatedContainer, 'secretDelivery' | 'secretDeliveryReason'> => ({
  secretDelivery: choice?.delivery ?? null,
  secretDeliveryReason: choice?.reason ?? null,
});

function environmentOf(
  { environment, secrets }: ContainerSpec,
  delivery: ContainerSecretDelivery | undefined,
): Record<string, string> {
  if (secrets === undefined) return environment;
  if (delivery === 'env')
    return { ...environment, ...Object.fromEntries(environmentEntries(secrets.values)) };
  if (delivery !== 'file') return environment;
  const files = [...secrets.values.keys()].map((name) => [`${name}_FILE`, `${SECRETS_TARGET}/${name}`]);
  return { ...environment, ...(Object.fromEntries(files) as Record<string, string>) };
}

const wordsOfEngine = (error: unknown): string => (error instanceof EngineRefusedError ? error.words : '');
const isAboutImage = (error: unknown): boolean => /no such image/i.test(wordsOfEngine(error));
const isAboutMount = (error: unknown): boolean =>
  /bind source path does not exist|invalid mount config|mounts denied/i.test(wordsOfEngine(error));
