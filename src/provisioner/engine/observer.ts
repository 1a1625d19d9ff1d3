import { type ContainerStatus } from '@app/container-engine';
import { type Clock } from '@app/kernel';
import { type Bridges } from '../bridge/bridges';
import { type Desired } from '../decide/desired';
import { recognise } from '../decide/health';
import { type ContainerState, type Observed, type ObservedContainer } from '../decide/observed';
import { containerOf, replicasOf } from '../decide/wanted';
import { type InstanceMemory } from '../runner/instance-memory';
import { type EnginePost } from './engines';

const STATES: Readonly<Record<ContainerStatus['state'], ContainerState>> = {
  created: 'created',
  running: 'running',
  exited: 'ended',
  removing: 'removing',
};

/** Looks at the engine, and only at what the next step depends on. */
export class Observer {
  constructor(
    private readonly installation: string,
    private readonly bridges: Bridges,
    private readonly clock: Clock,
  ) {}

  async observe(desired: Desired, post: EnginePost | undefined, memory: InstanceMemory): Promise<Observed> {
    const blind = this.#blind(desired, post, memory);
    if (post === undefined || blind.engine !== 'up') return blind;

    const containers = await this.#containers(desired.instanceId, post);
    const seen: Observed = { ...blind, containers };
    memory.health = recognise(desired, seen);
    const known = { ...seen, health: memory.health };
    return { ...known, ...(await this.#surroundings(desired, known, post, memory)) };
  }

  /** What is known without asking the engine. */
  #blind(desired: Desired, post: EnginePost | undefined, memory: InstanceMemory): Observed {
    const needsEngine = desired.spec?.type !== 'url';
    return {
      nowMs: this.clock.monotonicMs(),
      engine: needsEngine ? (post?.watch.state ?? 'absent') : 'up',
      containers: [],
      hasNetwork: false,
      hasImage: false,
      health: memory.health,
    };
  }

  async #containers(instanceId: string, post: EnginePost): Promise<ObservedContainer[]> {
    const found = await post.engine.list({ installation: this.installation, instanceId });
    return found.map(({ id, name, identity, state }) => ({
      id,
      name,
      // Incomplete labels of ours: nobody's place, so it is removed.
      replica: identity?.replica ?? -1,
      generation: identity?.generation ?? -1,
      specHash: identity?.specHash ?? '',
      state: STATES[state],
      attached: this.bridges.isAttached(id),
    }));
  }

  async #surroundings(
    desired: Desired,
    observed: Observed,
    post: EnginePost,
    memory: InstanceMemory,
  ): Promise<Pick<Observed, 'hasNetwork' | 'hasImage'>> {
    const isMissing = replicasOf(desired).some(
      (replica) => containerOf(desired, observed, replica) === undefined,
    );
    const isEmptying = desired.wish !== 'running';
    // Programs that ship with us have neither image nor network.
    if (post.role === 'bundled') return { hasNetwork: !isEmptying, hasImage: true };
    if (!isMissing && !isEmptying) return { hasNetwork: true, hasImage: true };
    const networks = await post.engine.listNetworks({
      installation: this.installation,
      instanceId: desired.instanceId,
    });
    memory.networkId = networks[0]?.id;
    return {
      hasNetwork: networks.length > 0,
      hasImage: isEmptying || (await this.#hasImage(desired, post, memory)),
    };
  }

  async #hasImage({ spec }: Desired, post: EnginePost, memory: InstanceMemory): Promise<boolean> {
    if (spec?.type !== 'docker') return true;
    memory.image = await post.engine.imageInfo(spec.image);
    return memory.image !== undefined;
  }
}
