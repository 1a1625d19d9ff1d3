import { type ContainerStatus } from '@app/container-engine';
import { type Clock } from '@app/kernel';
import { type Bridges } from '../bridge/bridges';
import { type SessionContainers } from '../bridge/session-containers';
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
    private readonly sessions: SessionContainers,
    private readonly clock: Clock,
  ) {}

  async observe(desired: Desired, post: EnginePost | undefined, memory: InstanceMemory): Promise<Observed> {
    const blind = this.#blind(desired, post, memory);
    if (post === undefined || blind.engine !== 'up') return blind;

    const containers = await this.#containers(desired, post, memory);
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

  async #containers(
    desired: Desired,
    post: EnginePost,
    memory: InstanceMemory,
  ): Promise<ObservedContainer[]> {
    const { instanceId } = desired;
    const found = await post.engine.list({ installation: this.installation, instanceId });
    const ofSessions = found.filter((container) => this.#servesSession(desired, container));
    memory.sessions = ofSessions.map(({ id, name, identity }) => ({
      ...{ id, name },
      replica: identity?.replica ?? 0,
      session: identity?.session ?? '',
    }));
    return found.filter((container) => !ofSessions.includes(container)).map((one) => this.#observed(one));
  }

  /** One that nobody holds is a leftover: its session went with the process that held it. */
  #servesSession(
    { wish, containerGeneration, specHash }: Desired,
    { name, identity }: ContainerStatus,
  ): boolean {
    if (identity?.session === undefined || wish !== 'running') return false;
    return (
      identity.generation === containerGeneration &&
      identity.specHash === specHash &&
      this.sessions.isHeld(name)
    );
  }

  #observed({ id, name, identity, state }: ContainerStatus): ObservedContainer {
    return {
      id,
      name,
      // Incomplete labels of ours, or a session that is over: nobody's place, so it is removed.
      replica: identity?.session === undefined ? (identity?.replica ?? -1) : -1,
      generation: identity?.generation ?? -1,
      specHash: identity?.specHash ?? '',
      state: STATES[state],
      attached: this.bridges.isAttached(id),
    };
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
