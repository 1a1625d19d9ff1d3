import { Logger } from '@nestjs/common';
import { EngineUnavailableError } from '@app/container-engine';
import { isDatabaseUnavailable } from '@app/database';
import { type Clock } from '@app/kernel';
import { type Desired, goneInstance } from '../decide/desired';
import { type Action, isPause, nextStep, type Pause, type Step } from '../decide/next-step';
import { changed, type Observed } from '../decide/observed';
import { statusOf } from '../decide/status';
import { workPlaceOf } from '../decide/work-place';
import { type EnginePost, type Engines } from '../engine/engines';
import { LeaseLostError } from '../engine/fenced-engine';
import { type Observer } from '../engine/observer';
import { type ProvisionerMetrics } from '../provisioner-metrics';
import { type Reporter } from '../report/reporter';
import { type EndingSteps } from '../steps/ending-steps';
import { type StepContext } from '../steps/step-context';
import { type StepRunner } from '../steps/step-runner';
import { type DesiredInstances } from './desired-instances';
import { type InstanceMemory, type Memories } from './instance-memory';
import { LookSpans } from './look-spans';
import { Looks, SupersededError, type Turn } from './looks';
import { healthyWords } from './words';

/** Steps of one look; 32 replicas need five each. What is left after that is taken up by the next look. */
const MAX_STEPS = 400;
const DATABASE_AGAIN_AFTER_MS = 2_000;
const REMOVAL_AGAIN_AFTER_MS = 500;
/** A step that failed for reasons of ours, not of the instance's. */
const FAULT_AGAIN_AFTER_MS = 5_000;
/**
 * What was seen, and what own steps changed since, stands for so long unless somebody says that something changed: a
 * container that boots is asked many times a second, and an engine that is asked as often has no time for its work.
 */
const VIEW_LASTS_MS = 2_000;

export interface ReconcilerParts {
  readonly isHeld: () => boolean;
  readonly desiredInstances: DesiredInstances;
  readonly engines: Engines;
  readonly observer: Observer;
  readonly steps: StepRunner;
  readonly endings: EndingSteps;
  readonly reporter: Reporter;
  readonly memories: Memories;
  readonly clock: Clock;
  /** The session with a remote server, which is kept under the id of its instance. */
  readonly forgetSession: (instanceId: string) => void;
  readonly metrics?: Pick<ProvisionerMetrics, 'looked' | 'stepped' | 'phase'>;
}

interface Scene {
  readonly desired: Desired;
  readonly post: EnginePost | undefined;
  readonly memory: InstanceMemory;
}

/** A look at one instance. */
interface View extends Scene {
  readonly observed: Observed;
}

/** The loop: look, decide, act, look again. It knows nothing but how to ask; what to do is decided in `nextStep`. */
export class Reconciler {
  readonly looks: Looks;
  readonly #logger = new Logger(Reconciler.name);
  readonly #spans = new LookSpans();

  constructor(private readonly parts: ReconcilerParts) {
    this.looks = new Looks((instanceId, turn) =>
      this.#spans.look(instanceId, turn.asker, () => this.#look(instanceId, turn)),
    );
  }

  /** What is known of its health is asked anew, whatever its interval says. */
  lookAtOnce(instanceId: string): void {
    const memory = this.parts.memories.peek(instanceId);
    for (const [replica, health] of memory?.health ?? [])
      memory?.setHealth(replica, { ...health, nextProbeAtMs: 0 });
    this.looks.look(instanceId);
  }

  async #look(instanceId: string, turn: Turn): Promise<void> {
    const startedAtMs = performance.now();
    try {
      if (turn.isAsked) this.#forgetView(instanceId);
      for (let taken = 0; taken < MAX_STEPS; taken += 1) {
        if (!this.parts.isHeld() || turn.interrupted.aborted) return;
        if (turn.isAskedAgain()) this.#forgetView(instanceId);
        if (!(await this.#takeStep(instanceId, turn.interrupted))) return;
      }
      this.looks.look(instanceId);
    } catch (error) {
      this.#forgetView(instanceId);
      this.#giveUp(instanceId, error);
    } finally {
      this.parts.metrics?.looked(performance.now() - startedAtMs);
    }
  }

  /** Returns whether there may be more to do. */
  async #takeStep(instanceId: string, interrupted: AbortSignal): Promise<boolean> {
    const view = this.#remembered(instanceId) ?? (await this.#lookAnew(instanceId, interrupted));
    const { desired, observed } = view;
    const step = nextStep(desired, observed);
    // These tell about themselves, in better words, as soon as they begin.
    if (!SPEAKING.has(step.kind)) this.#report(view, observed, step);
    if (isPause(step)) this.#rest(view, observed, step);
    else await this.#act(view, step, interrupted);
    return !isPause(step);
  }

  #remembered(instanceId: string): View | undefined {
    const memory = this.parts.memories.peek(instanceId);
    if (memory?.seen === undefined) return undefined;
    const { desired, observed, lookedAtMs } = memory.seen;
    const post = this.parts.engines.homeOf(desired.spec);
    const nowMs = this.parts.clock.monotonicMs();
    if (nowMs - lookedAtMs > VIEW_LASTS_MS || post?.watch.state !== observed.engine) return undefined;
    return { desired, post, memory, observed: { ...observed, nowMs, health: memory.health } };
  }

  /** What is wanted is read with what is there: both may have changed. */
  async #lookAnew(instanceId: string, interrupted: AbortSignal): Promise<View> {
    const lookedAtMs = this.parts.clock.monotonicMs();
    const desired = (await this.parts.desiredInstances.read(instanceId)) ?? goneInstance(instanceId);
    const memory = this.parts.memories.of(instanceId);
    const isNew = memory.turnTo(desired);
    if (isNew) this.parts.forgetSession(instanceId);
    if (isNew || desired.wish !== 'running') await this.#clearElsewhere(desired, interrupted);

    const scene: Scene = { desired, memory, post: this.parts.engines.homeOf(desired.spec) };
    const observed = await this.#observe(scene);
    // Only what comes into being is asked often; what ends is looked at each time.
    if (desired.wish === 'running') memory.seen = { desired, observed, lookedAtMs };
    return { ...scene, observed };
  }

  #forgetView(instanceId: string): void {
    const memory = this.parts.memories.peek(instanceId);
    if (memory !== undefined) memory.seen = undefined;
  }

  async #observe({ desired, post, memory }: Scene): Promise<Observed> {
    try {
      return await this.parts.observer.observe(desired, post, memory);
    } catch (error) {
      // The watch has heard of it, so looking once more gives the blind view.
      if (error instanceof EngineUnavailableError) return this.parts.observer.observe(desired, post, memory);
      throw error;
    }
  }

  async #act(view: View, step: Action, interrupted: AbortSignal): Promise<void> {
    const { memory, observed } = view;
    const { seen } = memory;
    const say = (activity: string): void => {
      memory.activity = activity;
      this.#report(view, observed, step);
    };
    memory.seen = undefined;
    this.parts.metrics?.stepped(step.kind);
    try {
      const change = await this.#spans.step(view.desired.instanceId, step.kind, () =>
        this.parts.steps.run(step, { ...view, say }, interrupted),
      );
      if (seen !== undefined && change !== undefined)
        memory.seen = { ...seen, observed: changed(seen.observed, change) };
    } catch (error) {
      if (isOfTheSurroundings(error) || isDatabaseUnavailable(error)) throw error;
      if (error instanceof EngineUnavailableError) return;
      await this.#fail({ ...view, signal: NEVER, say }, step, error);
    }
  }

  /** A failed step towards a container counts as a failed start; any other is tried again a little later. */
  async #fail(context: StepContext, step: Step, error: unknown): Promise<void> {
    const replica = replicaOf(step);
    if (replica === undefined) throw error;
    const { instanceId } = context.desired;
    this.#logger.warn({ err: error, instance_id: instanceId, step: step.kind, msg: 'step failed' });
    context.memory.activity = null;
    const container = 'container' in step ? step.container : undefined;
    await this.parts.endings.fail(context, { replica, container }, error);
  }

  #report({ desired, post, memory }: Scene, observed: Observed, step: Step): void {
    if (!this.parts.isHeld()) return;
    const seen = { ...observed, nowMs: this.parts.clock.monotonicMs(), health: memory.health };
    const status = statusOf(desired, seen, step, {
      activity: memory.activity,
      engineDetail: this.parts.engines.troubleOf(post),
      healthy: healthyWords(desired, post, memory),
      place: workPlaceOf(post?.engine.kind),
    });
    if (status === null) return;
    this.parts.metrics?.phase(desired.instanceId, status.phase, post?.engine.kind);
    this.#spans.report(desired.instanceId, status.phase, () =>
      this.parts.reporter.report({ desired, observed: seen, status, memory, post }),
    );
  }

  #rest(scene: Scene, observed: Observed, pause: Pause): void {
    if (pause.kind === 'settled') this.#settle(scene, observed, pause.lookAgainAtMs);
    if (pause.kind === 'wait-for-removal')
      this.looks.lookIn(scene.desired.instanceId, REMOVAL_AGAIN_AFTER_MS);
    // For the engine nobody waits here: its watch wakes everybody as soon as it answers.
  }

  #settle({ desired, memory }: Scene, observed: Observed, lookAgainAtMs: number | null): void {
    const { instanceId } = desired;
    if (lookAgainAtMs !== null) this.looks.lookIn(instanceId, lookAgainAtMs - observed.nowMs);
    if (desired.wish === 'gone') {
      this.parts.memories.forget(instanceId);
      this.parts.reporter.forget(instanceId);
    } else memory.activity = null;
  }

  /** Nothing of the instance may stay on an engine that is not its home, whatever its spec was before. */
  async #clearElsewhere(desired: Desired, interrupted: AbortSignal): Promise<void> {
    const home = this.parts.engines.homeOf(desired.spec);
    const gone = { ...goneInstance(desired.instanceId), name: desired.name };
    const memory = this.parts.memories.of(desired.instanceId);
    for (const post of this.parts.engines.posts) {
      if (post === home || post.watch.state !== 'up') continue;
      for (let taken = 0; taken < MAX_STEPS; taken += 1) {
        const observed = await this.#observe({ desired: gone, post, memory });
        const step = nextStep(gone, observed);
        if (isPause(step)) break;
        await this.parts.steps.run(
          step,
          { desired: gone, observed, post, memory, say: () => undefined },
          interrupted,
        );
      }
    }
  }

  #giveUp(instanceId: string, error: unknown): void {
    if (isOfTheSurroundings(error)) return;
    if (isDatabaseUnavailable(error)) {
      this.looks.lookIn(instanceId, DATABASE_AGAIN_AFTER_MS);
      return;
    }
    this.#logger.error({ err: error, instance_id: instanceId, msg: 'look failed' });
    this.looks.lookIn(instanceId, FAULT_AGAIN_AFTER_MS);
  }
}

const SPEAKING: ReadonlySet<Step['kind']> = new Set(['ensure-network', 'pull', 'create']);
const NEVER = new AbortController().signal;

/** Says nothing about the instance: the lease went, or something newer is wanted. */
const isOfTheSurroundings = (error: unknown): boolean =>
  error instanceof LeaseLostError || error instanceof SupersededError;

function replicaOf(step: Step): number | undefined {
  switch (step.kind) {
    case 'ensure-network':
    case 'pull':
    case 'create':
      return step.replica;
    case 'attach':
    case 'start':
      return step.container.replica;
    default:
      return undefined;
  }
}
