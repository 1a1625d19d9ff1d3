import { Semaphore, withTimeout } from '@app/resilience';
import { type Action } from '../decide/next-step';
import { type Change } from '../decide/observed';
import { type ContainerSteps } from './container-steps';
import { type EndingSteps } from './ending-steps';
import { type ProbeSteps } from './probe-steps';
import { type StepContext } from './step-context';

/** Each step has a limit beyond those of the engine's single calls, so that no look can hang. */
const LIMIT_MS: Readonly<Record<Action['kind'], number>> = {
  'ensure-network': 30_000,
  pull: 15 * 60_000,
  create: 60_000,
  attach: 15_000,
  start: 60_000,
  probe: 120_000,
  examine: 60_000,
  recover: 90_000,
  stop: 90_000,
  remove: 60_000,
  'remove-network': 60_000,
};

/** Pulls at once: more only share the same line. */
const PULLS_AT_ONCE = 3;
/** Other engine work at once: an engine that is asked for everything at the same time does nothing in time. */
const ENGINE_STEPS_AT_ONCE = 8;
const MAX_WAITING = 100_000;

/**
 * Of many at once, those that are begun go first: the first of them runs soon instead of all of them at the end, and an
 * engine that makes networks, containers and processes at the same time waits less for itself than one that makes fifty of
 * one kind.
 */
const TOWARDS_A_START: ReadonlySet<Action['kind']> = new Set(['create', 'attach', 'start']);

/** Runs one step within its limits. Tells what it changed; undefined: that has to be looked at. */
export class StepRunner {
  readonly #pulls = new Semaphore(PULLS_AT_ONCE, MAX_WAITING, 'The pulling of images');
  readonly #engineSteps = new Semaphore(ENGINE_STEPS_AT_ONCE, MAX_WAITING, 'The container engine');

  constructor(
    private readonly containers: ContainerSteps,
    private readonly endings: EndingSteps,
    private readonly probes: ProbeSteps,
  ) {}

  async run(
    step: Action,
    context: Omit<StepContext, 'signal'>,
    interrupted: AbortSignal,
  ): Promise<Change | undefined> {
    const act = (): Promise<Change | undefined> =>
      withTimeout(LIMIT_MS[step.kind], (signal) => this.#act(step, { ...context, signal }), {
        signal: signalOf(step, interrupted),
        what: `The step "${step.kind}"`,
      });
    if (step.kind === 'probe') return act();
    if (step.kind === 'pull') return this.#pulls.run(act, interrupted);
    return this.#engineSteps.run(act, interrupted, TOWARDS_A_START.has(step.kind) ? 'ahead' : 'in order');
  }

  #act(step: Action, context: StepContext): Promise<Change | undefined> {
    switch (step.kind) {
      case 'ensure-network':
        return this.containers.ensureNetwork(context);
      case 'create':
        return this.containers.create(context, step.replica);
      case 'start':
        return this.containers.start(context, step.container);
      case 'attach':
        return this.probes.attach(context, step.container);
      case 'probe':
        return this.probes.probe(context, step.replicas);
      default:
        return this.#actAndLook(step, context);
    }
  }

  async #actAndLook(
    step: Exclude<Action, { kind: 'ensure-network' | 'create' | 'start' | 'attach' | 'probe' }>,
    context: StepContext,
  ): Promise<undefined> {
    switch (step.kind) {
      case 'pull':
        return this.containers.pull(context);
      case 'stop':
        return this.containers.stop(context, step.containers);
      case 'remove':
        return this.containers.remove(context, step.containers);
      case 'remove-network':
        return this.containers.removeNetworks(context);
      case 'examine':
        return this.endings.examine(context, step.container);
      case 'recover':
        return this.endings.recover(context, step.container);
    }
  }
}

const NEVER = new AbortController().signal;

/** Only what changes nothing is cut short; a half-done create is finished and then undone. */
const signalOf = (step: Action, interrupted: AbortSignal): AbortSignal =>
  step.kind === 'pull' || step.kind === 'probe' ? interrupted : NEVER;
