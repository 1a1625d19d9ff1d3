import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { type NetworkInspectInfo } from 'dockerode';
import { type ContainerFilter, type NetworkStatus } from '../container-engine';
import { bridgeName, LABELS, networkName } from '../container-spec';
import { EngineRefusedError, NetworkRangeExhaustedError } from '../errors';
import { formatSubnet, freeSubnets, parseSubnet, type Subnet } from '../subnets';
import { type DockerCalls, isConflict, isNotFound, unless } from './docker-calls';

/** Somebody else may take a subnet between the look and the create; after so many the range is not the problem. */
const MAX_TRIES = 16;

/** The networks of instances: one each, internal, with a subnet of ours. */
export class DockerNetworks {
  readonly #running = new Map<string, Promise<NetworkStatus>>();

  constructor(
    private readonly calls: DockerCalls,
    private readonly range: string,
    private readonly nameOf = networkName,
  ) {}

  /** One at a time per instance: names of networks are not unique, so two creates would make two. */
  ensure(installation: string, instanceId: string): Promise<NetworkStatus> {
    const key = `${installation} ${instanceId}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const work = this.#ensure(installation, instanceId).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  async list({ installation, instanceId }: ContainerFilter): Promise<NetworkStatus[]> {
    const label = [`${LABELS.installation}=${installation}`];
    if (instanceId !== undefined) label.push(`${LABELS.instance}=${instanceId}`);
    const found = await this.calls.call('list networks', (docker, abortSignal) =>
      docker.listNetworks({ filters: { label }, abortSignal }),
    );
    // The oldest first, so that everyone who deletes doubles keeps the same one.
    return found
      .filter(({ Driver }) => Driver === 'bridge')
      .sort((a, b) => a.Created.localeCompare(b.Created) || a.Id.localeCompare(b.Id))
      .map((network) => ({
        id: network.Id,
        name: network.Name,
        instanceId: network.Labels?.[LABELS.instance] ?? null,
        subnet: subnetsOf(network)[0] ?? null,
      }));
  }

  async remove(id: string): Promise<void> {
    await unless(
      isNotFound,
      this.calls.call('remove the network', (docker, abortSignal) =>
        docker.getNetwork(id).remove({ abortSignal }),
      ),
    );
  }

  async #ensure(installation: string, instanceId: string): Promise<NetworkStatus> {
    const there = await this.#only(installation, instanceId);
    if (there !== undefined) return there;

    let tries = 0;
    for await (const subnet of this.#candidates(instanceId)) {
      const made = await this.#create(installation, instanceId, formatSubnet(subnet));
      if (!(made instanceof EngineRefusedError)) return made;
      const other = await this.#only(installation, instanceId);
      if (other !== undefined) return other;
      if (!isAboutAddresses(made)) throw made;
      if (++tries >= MAX_TRIES) break;
    }
    throw new NetworkRangeExhaustedError(this.range);
  }

  /** The first is tried without a list of all networks: as a rule it is free, and the engine says when it is not. */
  async *#candidates(instanceId: string): AsyncGenerator<Subnet, void, void> {
    const local = await localSubnets();
    for (const subnet of freeSubnets(this.range, instanceId, local)) {
      yield subnet;
      break;
    }
    yield* freeSubnets(this.range, instanceId, [...local, ...(await this.#subnetsOfEngine())]);
  }

  /** Lets go of doubles. One that is in use stays, until the next look. */
  async #only(installation: string, instanceId: string): Promise<NetworkStatus | undefined> {
    const [first, ...doubles] = await this.list({ installation, instanceId });
    for (const { id } of doubles)
      await unless((error) => error instanceof EngineRefusedError, this.remove(id));
    return first;
  }

  async #create(
    installation: string,
    instanceId: string,
    subnet: string,
  ): Promise<NetworkStatus | EngineRefusedError> {
    const name = this.nameOf(instanceId);
    try {
      const { id } = await this.calls.call('create a network', (docker, abortSignal) =>
        docker.createNetwork({
          Name: name,
          CheckDuplicate: true,
          Driver: 'bridge',
          Internal: true,
          EnableIPv6: false,
          IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
          Options: {
            'com.docker.network.bridge.name': bridgeName(instanceId),
            'com.docker.network.bridge.enable_icc': 'false',
          },
          Labels: { [LABELS.installation]: installation, [LABELS.instance]: instanceId },
          abortSignal,
        }),
      );
      return { id, name, instanceId, subnet };
    } catch (error) {
      if (error instanceof EngineRefusedError) return error;
      throw error;
    }
  }

  async #subnetsOfEngine(): Promise<Subnet[]> {
    const networks = await this.calls.call('list networks', (docker, abortSignal) =>
      docker.listNetworks({ abortSignal }),
    );
    return parsed(networks.flatMap(subnetsOf));
  }
}

/** What this machine itself uses. */
async function localSubnets(): Promise<Subnet[]> {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...parsed(interfaces.map(({ cidr }) => cidr ?? '')), ...(await routedSubnets())];
}

const parsed = (ranges: readonly string[]): Subnet[] =>
  ranges.map(parseSubnet).filter((subnet) => subnet !== undefined);

/** Not about the name of the bridge, which is the same in every subnet. */
const isAboutAddresses = (error: EngineRefusedError): boolean =>
  !/bridge name/i.test(error.words) &&
  (isConflict(error) || /overlap|conflicts with|in use/i.test(error.words));

const subnetsOf = ({ IPAM }: NetworkInspectInfo): string[] =>
  (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? '').filter((subnet) => subnet !== '');

/** What this machine already has a way to, such as a private network behind a router: ours would hide it. */
async function routedSubnets(): Promise<Subnet[]> {
  const table = await readFile('/proc/net/route', 'utf8').catch(() => '');
  return (
    table
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
      .map(([, destination = '', , , , , , mask = '']) => ({
        base: littleEndian(destination),
        mask: littleEndian(mask),
      }))
      // The default route covers everything and says nothing.
      .filter(({ mask }) => mask > 0)
      .map(({ base, mask }) => ({ base, prefix: 32 - Math.round(Math.log2(2 ** 32 - mask)) }))
  );
}

const littleEndian = (hex: string): number =>
  /^[0-9A-Fa-f]{8}$/.test(hex) ? Buffer.from(hex, 'hex').readUInt32LE(0) : 0;
