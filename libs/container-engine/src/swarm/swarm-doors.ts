import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type ContainerCreateOptions, type ContainerInspectInfo } from 'dockerode';
import { identityOf, LABELS } from '../container-spec';
import { EngineRefusedError, WorkloadNotSupportedError } from '../errors';
import { type DockerCalls, isConflict, isNotFound, orUndefined, unless } from '../docker/docker-calls';
import { DEFAULT_USER, hardenedHostConfig, MEBIBYTE } from '../docker/hardening';
import { DOOR_PROGRAM, doorImage } from './door-image';
import { doorNetworkName, type SwarmNetworks } from './swarm-networks';
import { type SwarmContainer } from './swarm-objects';
import { stateOf, SWARM_LABELS } from './swarm-status';

const IMAGE = 'quayside/door';
const DOOR_LIMITS = { memoryBytes: 32 * MEBIBYTE, cpus: 1, pids: 8 };
const NO_LAUNCHER =
  'A server that is called over the network needs a door into its network, which is a program in C, and no C compiler was there when this was built.';

const doorName = (service: string): string => `${service}-door`;

/**
 * The way from this machine into the overlay network of an instance: one small container for each replica, in that network
 * and in a bridge of this machine, that passes connections on to the replica wherever it runs (docs/adr/0020).
 */
export class SwarmDoors {
  #image: Promise<string> | undefined;

  constructor(
    private readonly calls: DockerCalls,
    private readonly networks: SwarmNetworks,
    private readonly launcherPath: string | undefined,
  ) {}

  /** Before anything is made for a server that could not be reached then. */
  checkPossible(): void {
    if (this.launcherPath === undefined) throw new WorkloadNotSupportedError(NO_LAUNCHER);
  }

  /** Open and leading to where the replica is now. Nothing to do for what has no port, or does not run. */
  async open(container: SwarmContainer): Promise<void> {
    const { service } = container;
    const target = targetOf(container);
    if (target === undefined) return;
    const known = await this.#find(service.Spec.Name);
    if (known?.Config.Labels[SWARM_LABELS.doorTarget] === target && known.State.Running) return;
    if (known !== undefined) await this.close(service.Spec.Name);
    await this.#make(container, target);
  }

  /** Where a replica is reached; empty while there is no open door. */
  async addressesOf(container: SwarmContainer): Promise<readonly string[]> {
    const target = targetOf(container);
    if (target === undefined) return [];
    const door = await this.#find(container.service.Spec.Name);
    if (door === undefined || !door.State.Running) return [];
    if (door.Config.Labels[SWARM_LABELS.doorTarget] !== target) return [];
    const instanceId = door.Config.Labels[LABELS.instance] ?? '';
    const address = door.NetworkSettings.Networks[doorNetworkName(instanceId)]?.IPAddress ?? '';
    return address === '' ? [] : [address];
  }

  async close(service: string): Promise<void> {
    await unless(
      isNotFound,
      this.calls.call('close the door', (docker, abortSignal) =>
        docker.getContainer(doorName(service)).remove({ force: true, v: true, abortSignal }),
      ),
    );
  }

  /** Another machine may have opened them, and doors outlive services that were removed there. */
  async sweep(installation: string, containers: readonly SwarmContainer[]): Promise<void> {
    const names = new Set(containers.map(({ service }) => doorName(service.Spec.Name)));
    const label = [`${LABELS.installation}=${installation}`, SWARM_LABELS.door];
    const doors = await this.calls.call('list doors', (docker, abortSignal) =>
      docker.listContainers({ all: true, filters: { label }, abortSignal }),
    );
    for (const { Names } of doors) {
      const name = (Names[0] ?? '').replace(/^\//, '');
      if (!names.has(name)) await this.close(name.replace(/-door$/, ''));
    }
    for (const container of containers) await this.open(container);
  }

  async #make({ service }: SwarmContainer, target: string): Promise<void> {
    const identity = identityOf(service.Spec.Labels);
    const overlay = service.Spec.TaskTemplate.Networks?.[0]?.Target;
    if (identity === undefined || overlay === undefined) return;
    const { installation, instanceId } = identity;
    const bridge = await this.networks.ensureDoorNetwork(installation, instanceId);
    const [address = '', port = ''] = target.split(' ');
    const name = doorName(service.Spec.Name);
    const options: ContainerCreateOptions = {
      name,
      Image: await this.#ensureImage(),
      User: `${DEFAULT_USER.uid}:${DEFAULT_USER.gid}`,
      Entrypoint: [DOOR_PROGRAM, '--door', port, address],
      Labels: {
        [LABELS.installation]: installation,
        [LABELS.instance]: instanceId,
        [SWARM_LABELS.door]: service.ID,
        [SWARM_LABELS.doorTarget]: target,
      },
      HostConfig: {
        ...hardenedHostConfig({
          spec: {
            identity,
            workload: { kind: 'image', image: IMAGE },
            environment: {},
            limits: DOOR_LIMITS,
            stdio: false,
            networkId: bridge.id,
          },
          mounts: [],
          imageVolumes: [],
          runtime: undefined,
        }),
        // It holds nothing, and what is behind it may have outlived the engine here.
        RestartPolicy: { Name: 'unless-stopped' },
      },
    };
    await this.#started(options, overlay);
  }

  async #started(options: ContainerCreateOptions, overlay: string): Promise<void> {
    const id = await this.#created(options);
    if (id === undefined) return;
    try {
      await this.calls.call('lead the door into its network', (docker, abortSignal) =>
        docker.getNetwork(overlay).connect({ Container: id, abortSignal } as object),
      );
      await this.calls.call('open the door', (docker, abortSignal) =>
        docker.getContainer(id).start({ abortSignal }),
      );
    } catch (error) {
      // Half a door would be taken for one that somebody is opening.
      await this.close((options.name ?? '').replace(/-door$/, ''));
      throw error;
    }
  }

  /** undefined when somebody else opens it right now. */
  async #created(options: ContainerCreateOptions): Promise<string | undefined> {
    try {
      const { id } = await this.calls.call('make a door', (docker, abortSignal) =>
        docker.createContainer({ ...options, abortSignal }),
      );
      return id;
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  #find(service: string): Promise<ContainerInspectInfo | undefined> {
    return orUndefined(
      this.calls.call('inspect the door', (docker, abortSignal) =>
        docker.getContainer(doorName(service)).inspect({ abortSignal }),
      ),
    );
  }

  #ensureImage(): Promise<string> {
    this.#image ??= this.#makeImage().catch((error: unknown) => {
      this.#image = undefined;
      throw error;
    });
    return this.#image;
  }

  /** Made here from our own program, so that no registry is asked for it. */
  async #makeImage(): Promise<string> {
    this.checkPossible();
    const program = await readFile(this.launcherPath ?? '');
    const tag = createHash('sha256').update(program).digest('hex').slice(0, 16);
    const image = `${IMAGE}:${tag}`;
    const there = await orUndefined(
      this.calls.ask('look for the image of doors', (docker) => docker.getImage(image).inspect()),
    );
    if (there !== undefined) return image;
    await this.calls.call('make the image of doors', async (docker, abortSignal) => {
      const stream = await docker.importImage(Readable.from([doorImage(program)]), {
        repo: IMAGE,
        tag,
        abortSignal,
      });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk));
      const answer = Buffer.concat(chunks).toString('utf8');
      const words = /"error":"([^"]*)"/.exec(answer)?.[1];
      if (words !== undefined) throw new EngineRefusedError('make the image of doors', words, null);
    });
    return image;
  }
}

/** `address port`; undefined for what has no port, or has no address now. */
function targetOf(container: SwarmContainer): string | undefined {
  const port = container.service.Spec.Labels[SWARM_LABELS.port];
  if (port === undefined || stateOf(container) !== 'running') return undefined;
  const address = container.task?.NetworksAttachments?.[0]?.Addresses?.[0]?.split('/')[0];
  return address === undefined ? undefined : `${address} ${port}`;
}
