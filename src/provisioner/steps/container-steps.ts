import { containerName, type CreatedContainer, type PullProgress } from '@app/container-engine';
import { type Bridges } from '../bridge/bridges';
import { started } from '../decide/health';
import { type Change, type ObservedContainer } from '../decide/observed';
import { workPlaceOf } from '../decide/work-place';
import { type EnginePost } from '../engine/engines';
import { type Failpoints } from '../failpoints';
import { type Prober } from '../probe/prober';
import { type ProvisionerOptions } from '../provisioner.options';
import { type DesiredInstances } from '../runner/desired-instances';
import { type ContainedSpec, containerSpecOf } from './container-spec';
import { ContainerPlaces } from './container-places';
import { type InstanceSecrets } from './instance-secrets';
import { PullProgressText } from './pull-progress';
import { postOf, specOf, type StepContext } from './step-context';

/** A server gets this long to end by itself before it is killed. */
const STOP_WITHIN_S = 10;
/** Layers report many times a second; people read slower. */
const PROGRESS_EVERY_MS = 1_000;

export interface ContainerStepsParts {
  readonly options: ProvisionerOptions;
  readonly desiredInstances: DesiredInstances;
  readonly secrets: InstanceSecrets;
  readonly bridges: Bridges;
  readonly prober: Prober;
  readonly failpoints: Failpoints;
  readonly monotonicMs: () => number;
}

/** The steps that make and unmake what an instance owns in its engine. Each is safe to repeat. */
export class ContainerSteps {
  /** One per engine: each has a limit of its own. */
  readonly #places = new Map<EnginePost['role'], ContainerPlaces>();

  constructor(private readonly parts: ContainerStepsParts) {}

  async ensureNetwork(context: StepContext): Promise<Change> {
    context.say(beingMade(context));
    const { desired, memory } = context;
    const { installationId } = this.parts.options;
    memory.networkId = (await postOf(context).engine.ensureNetwork(installationId, desired.instanceId)).id;
    this.parts.failpoints.pass('after-network');
    return { hasNetwork: true };
  }

  async pull(context: StepContext): Promise<undefined> {
    const spec = specOf(context);
    if (spec.type !== 'docker') return;
    const text = new PullProgressText(spec.image);
    let toldAtMs = this.parts.monotonicMs();
    context.say(text.toString());
    await postOf(context).engine.pull(spec.image, (progress: PullProgress) => {
      text.add(progress);
      if (context.signal.aborted || this.parts.monotonicMs() - toldAtMs < PROGRESS_EVERY_MS) return;
      toldAtMs = this.parts.monotonicMs();
      context.say(text.toString());
    });
  }

  async create(context: StepContext, replica: number): Promise<Change | undefined> {
    const { desired, memory } = context;
    context.say(beingMade(context));
    const networkId = postOf(context).role === 'bundled' ? undefined : await this.#networkId(context);
    const { name, created } = await this.make(context, { replica, networkId });
    if (created.secretDelivery !== null)
      memory.delivery = { way: created.secretDelivery, reason: created.secretDeliveryReason };
    this.parts.failpoints.pass('after-create');
    // One that was there already may be in any state.
    if (created.adopted) return undefined;
    const { containerGeneration: generation, specHash } = desired;
    const state = 'created' as const;
    return { container: { id: created.id, name, replica, generation, specHash, state, attached: false } };
  }

  /** For a replica, or for one session of a client: such a container has no network, for it could only meet its siblings. */
  async make(
    context: Pick<StepContext, 'desired' | 'memory' | 'post' | 'signal'>,
    place: { readonly replica: number; readonly session?: string; readonly networkId?: string | undefined },
  ): Promise<{ readonly name: string; readonly created: CreatedContainer }> {
    const { desired, memory, signal } = context;
    const post = postOf(context);
    const spec = specOf(context) as ContainedSpec;
    memory.forgetSecretUses();
    const environment = await this.parts.secrets.environmentOf(desired.instanceId, spec.environment, memory);
    this.parts.failpoints.pass('after-secrets');
    const plan = containerSpecOf({
      installation: this.parts.options.installationId,
      desired,
      spec,
      networkId: undefined,
      ...place,
      environment,
      requiresStrongDelivery:
        environment.secret.size > 0 && (await this.parts.desiredInstances.requiresStrongDelivery()),
    });
    const created = await this.#placesOf(post).fill(() => post.engine.create(plan), signal);
    return { name: containerName(plan.identity), created };
  }

  async start(context: StepContext, container: ObservedContainer): Promise<Change> {
    const { memory } = context;
    this.parts.failpoints.pass('before-start');
    await this.run(context, container.id);
    this.parts.failpoints.pass('after-start');
    memory.setHealth(
      container.replica,
      started(memory.healthOf(container.replica), container.id, this.parts.monotonicMs()),
    );
    return { container: { ...container, state: 'running' } };
  }

  async run(context: Pick<StepContext, 'desired' | 'memory' | 'post'>, containerId: string): Promise<void> {
    const spec = specOf(context) as ContainedSpec;
    // Some ways of delivery hand the values over only now; and a former process may have made the container.
    const { secret } = await this.parts.secrets.environmentOf(
      context.desired.instanceId,
      spec.environment,
      context.memory,
    );
    await postOf(context).engine.start(containerId, secret);
  }

  async stop(context: StepContext, containers: readonly ObservedContainer[]): Promise<undefined> {
    const { engine } = postOf(context);
    await Promise.all(containers.map(({ id }) => engine.stop(id, STOP_WITHIN_S)));
  }

  async remove(context: StepContext, containers: readonly ObservedContainer[]): Promise<undefined> {
    await Promise.all(containers.map(({ id }) => this.removeOne(postOf(context), id)));
  }

  /** With everything that hung on it: streams, sessions, and (in the engine's care) the files of its secrets. */
  async removeOne({ engine }: EnginePost, containerId: string): Promise<void> {
    this.parts.bridges.letGo(containerId);
    this.parts.prober.forget(containerId);
    await engine.remove(containerId);
  }

  /** Names of networks are not unique: whatever carries the instance's label goes. */
  async removeNetworks(context: StepContext): Promise<undefined> {
    const { engine } = postOf(context);
    const { installationId: installation } = this.parts.options;
    context.memory.networkId = undefined;
    const networks = await engine.listNetworks({ installation, instanceId: context.desired.instanceId });
    await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
    await engine.sweep(installation);
  }

  /** As a rule the look has found it, or the step before has made it. */
  async #networkId(context: StepContext): Promise<string> {
    const { memory, desired } = context;
    if (memory.networkId !== undefined) return memory.networkId;
    const { installationId } = this.parts.options;
    return (await postOf(context).engine.ensureNetwork(installationId, desired.instanceId)).id;
  }

  #placesOf({ role, engine }: EnginePost): ContainerPlaces {
    const known = this.#places.get(role);
    if (known !== undefined) return known;
    const { maxContainers, installationId: installation } = this.parts.options;
    const count = async (): Promise<number> => (await engine.list({ installation })).length;
    const places = new ContainerPlaces(
      maxContainers,
      workPlaceOf(engine.kind),
      count,
      this.parts.monotonicMs,
    );
    this.#places.set(role, places);
    return places;
  }
}

/** Two steps of ours are one for people, and so one report. */
const beingMade = (context: StepContext): string =>
  postOf(context).role === 'docker'
    ? 'Its container is being made, in a network of its own.'
    : `Its ${workPlaceOf(postOf(context).engine.kind)} is being made.`;
