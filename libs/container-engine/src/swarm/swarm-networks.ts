import { type NetworkInspectInfo } from 'dockerode';
import { type ContainerFilter, type NetworkStatus } from '../container-engine';
import { LABELS, networkName } from '../container-spec';
import { EngineRefusedError } from '../errors';
import { type DockerCalls, isNotFound, orUndefined, unless } from '../docker/docker-calls';
import { DockerNetworks } from '../docker/docker-networks';
import { until } from '../until';
import { isNameTaken, labelFilter } from './swarm-objects';
import { SWARM_LABELS, YOUNG_MS } from './swarm-status';

/** A network is in use until the last task that was in it is gone from its node. */
const FREE_WITHIN_MS = 30_000;
const LISTED_WITHIN_MS = 5_000;
const FREE_EVERY_MS = 250;

export const doorNetworkName = (instanceId: string): string => `${networkName(instanceId)}-door`;

/** The networks of instances: an internal overlay each, and beside it a bridge of this machine for the doors into it. */
export class SwarmNetworks {
  readonly #doors: DockerNetworks;

  constructor(
    private readonly calls: DockerCalls,
    range: string,
  ) {
    this.#doors = new DockerNetworks(calls, range, doorNetworkName);
  }

  /** Names are unique in a swarm, so that many who make it at once make one. */
  async ensure(installation: string, instanceId: string): Promise<NetworkStatus> {
    const there = await this.#find(installation, instanceId);
    if (there !== undefined) return there;
    const labels = { [LABELS.installation]: installation, [LABELS.instance]: instanceId };
    await unless(isNameTaken, this.#create(networkName(instanceId), labels, true));
    // Made by somebody else at this moment, it is listed a moment later.
    const made = await until(() => this.#find(installation, instanceId), LISTED_WITHIN_MS);
    if (made !== undefined) return made;
    throw new EngineRefusedError(
      'create a network',
      `a network of another owner is named ${networkName(instanceId)}`,
      null,
    );
  }

  /** Of a container that is in nobody's network. Swarm would put it into one where everybody is, with a way out. */
  async ensureAlone(installation: string, service: string): Promise<string> {
    const labels = { [LABELS.installation]: installation, [SWARM_LABELS.of]: service };
    await unless(isNameTaken, this.#create(service, labels, false));
    return service;
  }

  async list(filter: ContainerFilter): Promise<NetworkStatus[]> {
    const networks = await this.#overlays(filter);
    return networks
      .filter(({ Labels }) => Labels?.[SWARM_LABELS.of] === undefined)
      .map(({ Id, Name, Labels, IPAM }) => ({
        id: Id,
        name: Name,
        instanceId: Labels?.[LABELS.instance] ?? null,
        subnet: IPAM?.Config?.[0]?.Subnet ?? null,
      }));
  }

  async ensureDoorNetwork(installation: string, instanceId: string): Promise<NetworkStatus> {
    return this.#doors.ensure(installation, instanceId);
  }

  async remove(id: string): Promise<void> {
    const work = this.calls.ask('inspect the network', (docker) => docker.getNetwork(id).inspect());
    const network: NetworkInspectInfo | undefined = await orUndefined(work);
    if (network === undefined) return;
    const { [LABELS.installation]: installation, [LABELS.instance]: instanceId } = network.Labels ?? {};
    if (installation !== undefined && instanceId !== undefined)
      for (const { id: door } of await this.#doors.list({ installation, instanceId }))
        await this.#doors.remove(door);
    await this.#removeFreed(network.Id);
  }

  /** Where there was one. */
  async removeAlone(service: string): Promise<void> {
    await this.#removeFreed(service);
  }

  /** Those of services that are gone, unless they were made just now for one to come. */
  async sweep(installation: string, services: ReadonlySet<string>): Promise<void> {
    for (const { Id, Labels, Created } of await this.#overlays({ installation })) {
      const service = Labels?.[SWARM_LABELS.of];
      const isOld = Date.now() - new Date(Created).getTime() > YOUNG_MS;
      if (service !== undefined && isOld && !services.has(service)) await this.#removeFreed(Id);
    }
  }

  async #overlays(filter: ContainerFilter): Promise<NetworkInspectInfo[]> {
    const found = await this.calls.call('list networks', (docker, abortSignal) =>
      docker.listNetworks({ filters: { label: labelFilter(filter) }, abortSignal }),
    );
    return found.filter(({ Driver }) => Driver === 'overlay');
  }

  async #find(installation: string, instanceId: string): Promise<NetworkStatus | undefined> {
    const [first] = await this.list({ installation, instanceId });
    return first;
  }

  async #create(name: string, labels: Record<string, string>, isAttachable: boolean): Promise<void> {
    await this.calls.call('create a network', (docker, abortSignal) =>
      docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: 'overlay',
        Internal: true,
        // The door is no task of a service.
        Attachable: isAttachable,
        EnableIPv6: false,
        Labels: labels,
        abortSignal,
      }),
    );
  }

  /** Asked again until it is unknown: the engine here still lists a network that the swarm let go of already. */
  async #removeFreed(id: string): Promise<void> {
    let refusal: EngineRefusedError | undefined;
    const remove = async (): Promise<true | undefined> => {
      try {
        await this.calls.call('remove the network', (docker, abortSignal) =>
          docker.getNetwork(id).remove({ abortSignal }),
        );
        refusal = undefined;
      } catch (error) {
        if (isNotFound(error)) return true;
        if (!isInUse(error)) throw error;
        refusal = error;
      }
      return undefined;
    };
    const isGone = await until(remove, FREE_WITHIN_MS, FREE_EVERY_MS);
    if (isGone !== true && refusal !== undefined) throw refusal;
  }
}

const isInUse = (error: unknown): error is EngineRefusedError =>
  error instanceof EngineRefusedError && /in use|active endpoints/i.test(error.words);
