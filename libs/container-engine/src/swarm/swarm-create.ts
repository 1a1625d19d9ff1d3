import type Dockerode from 'dockerode';
import { type CreatedContainer, type ImageInfo } from '../container-engine';
import { containerName, type ContainerSpec, LABELS, sameIdentity } from '../container-spec';
import { ContainerNameTakenError, WeakSecretDeliveryError } from '../errors';
import { type DockerCalls } from '../docker/docker-calls';
import { deliveryOf } from '../docker/docker-status';
import { type DeliveryChoice, possibleDeliveries } from '../secrets/secret-delivery';
import { type SwarmDoors } from './swarm-doors';
import { type SwarmNetworks } from './swarm-networks';
import { isNameTaken, type SwarmObjects } from './swarm-objects';
import { type SwarmSecrets } from './swarm-secrets';
import { portOf, type ServiceParts, serviceSpecOf } from './swarm-service';
import { statusOf } from './swarm-status';

export interface SwarmCreateParts {
  readonly calls: DockerCalls;
  readonly objects: SwarmObjects;
  readonly networks: SwarmNetworks;
  readonly secrets: SwarmSecrets;
  readonly doors: SwarmDoors;
}

/** Makes a service of no task yet, or finds that it is there already. */
export class SwarmCreate {
  constructor(private readonly parts: SwarmCreateParts) {}

  async create(spec: ContainerSpec, reference: string, image: ImageInfo): Promise<CreatedContainer> {
    const there = await this.#adopt(spec);
    if (there !== undefined) return there;
    const { networks, secrets, objects, doors } = this.parts;
    if (portOf({ spec, image }) !== undefined) doors.checkPossible();
    const choice = this.#choice(spec);
    const name = containerName(spec.identity);
    const network = spec.networkId ?? (await networks.ensureAlone(spec.identity.installation, name));
    const usesLauncher = choice?.delivery === 'launcher';
    const launcher = usesLauncher
      ? { call: secrets.launcherCall(), config: await secrets.launcherConfig() }
      : undefined;
    // Its streams are reached on the node where it runs, and on no other.
    const node = spec.stdio ? await objects.ownNode() : undefined;
    const made = await secrets.make(spec, choice?.delivery);
    return this.#make({ spec, reference, image, choice, network, secrets: made, launcher, node });
  }

  async #make(parts: ServiceParts): Promise<CreatedContainer> {
    const { spec, choice, secrets } = parts;
    try {
      const { id } = await this.parts.calls.call('create the service', (docker, abortSignal) =>
        docker.createService({ ...serviceSpecOf(parts), abortSignal } as Dockerode.CreateServiceOptions),
      );
      const secretDeliveryReason = choice?.reason ?? null;
      return { id, adopted: false, secretDelivery: choice?.delivery ?? null, secretDeliveryReason };
    } catch (error) {
      await this.parts.secrets.remove(secrets);
      const there = isNameTaken(error) ? await this.#adopt(spec) : undefined;
      if (there === undefined) throw error;
      return there;
    }
  }

  #choice(spec: ContainerSpec): DeliveryChoice | undefined {
    const { secrets } = spec;
    if (secrets === undefined || secrets.values.size === 0) return undefined;
    const possible = possibleDeliveries({
      acceptsFiles: secrets.acceptsFiles && this.parts.secrets.filesObstacle(spec) === undefined,
      filesObstacle: undefined,
      launcherObstacle:
        this.parts.secrets.launcherPath === undefined
          ? 'the launcher for secrets was not built, because no C compiler was there'
          : undefined,
    });
    // Nobody holds the streams of a server on another node before it starts.
    const usable = possible.filter(({ delivery }) => delivery !== 'stdin');
    const allowed = usable.find(({ delivery }) => delivery !== 'env' || secrets.allowPlainEnvironment);
    if (allowed === undefined) throw new WeakSecretDeliveryError(usable.at(-1)?.reason ?? '');
    return allowed;
  }

  async #adopt(spec: ContainerSpec): Promise<CreatedContainer | undefined> {
    const name = containerName(spec.identity);
    const found = await this.parts.objects.find(name);
    if (found === undefined) return undefined;
    const { id, identity, labels } = statusOf(found);
    if (!sameIdentity(spec.identity, identity ?? undefined)) throw new ContainerNameTakenError(name);
    const secretDeliveryReason = labels[LABELS.secretDeliveryReason] ?? null;
    return { id, adopted: true, secretDelivery: deliveryOf(labels), secretDeliveryReason };
  }
}
