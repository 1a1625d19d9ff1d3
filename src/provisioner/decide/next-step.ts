import { type Desired, needsBridge } from './desired';
import { isUnwell } from './health';
import { healthOf, type Observed, type ObservedContainer } from './observed';
import { containerOf, isWanted, replicasOf } from './wanted';

/** Nothing can be done now. */
export type Pause =
  /** Ask again at the given moment (monotonic), or when something changes. */
  | { readonly kind: 'settled'; readonly lookAgainAtMs: number | null }
  | { readonly kind: 'wait-for-engine' }
  | { readonly kind: 'wait-for-removal' };

export type Action =
  | { readonly kind: 'stop' | 'remove'; readonly containers: readonly ObservedContainer[] }
  | { readonly kind: 'remove-network' }
  | { readonly kind: 'ensure-network' | 'create'; readonly replica: number }
  | { readonly kind: 'pull'; readonly replica: number }
  | { readonly kind: 'start'; readonly container: ObservedContainer }
  | { readonly kind: 'attach'; readonly container: ObservedContainer }
  /** It ended by itself: ask why, then remove it. */
  | { readonly kind: 'examine'; readonly container: ObservedContainer }
  /** It runs and does not answer: take its last words, then replace it. */
  | { readonly kind: 'recover'; readonly container: ObservedContainer }
  | { readonly kind: 'probe'; readonly replicas: readonly number[] };

export type Step = Pause | Action;

export const isPause = (step: Step): step is Pause =>
  step.kind === 'settled' || step.kind === 'wait-for-engine' || step.kind === 'wait-for-removal';

/** Pure: compares what is wanted with what is there. All I/O happens in the caller, which asks again after each step. */
export function nextStep(desired: Desired, observed: Observed): Step {
  if (desired.spec?.type === 'url') return remoteStep(desired, observed);
  if (observed.engine !== 'up') return withoutEngine(desired, observed);

  const unwanted = observed.containers.filter((container) => !isWanted(desired, observed, container));
  // The old goes before the new comes: never two generations of one instance at once.
  return clear(unwanted) ?? (desired.wish === 'running' ? runStep(desired, observed) : emptyStep(observed));
}

/** What was never there need not be removed; should the engine come back with leftovers, the sweep reaps them. */
const withoutEngine = ({ wish }: Desired, { engine }: Observed): Step =>
  engine === 'absent' && wish !== 'running'
    ? { kind: 'settled', lookAgainAtMs: null }
    : { kind: 'wait-for-engine' };

function clear(containers: readonly ObservedContainer[]): Step | undefined {
  const running = containers.filter(({ state }) => state === 'running');
  if (running.length > 0) return { kind: 'stop', containers: running };
  const removable = containers.filter(({ state }) => state !== 'removing');
  if (removable.length > 0) return { kind: 'remove', containers: removable };
  return containers.length > 0 ? { kind: 'wait-for-removal' } : undefined;
}

const emptyStep = (observed: Observed): Step =>
  observed.hasNetwork ? { kind: 'remove-network' } : { kind: 'settled', lookAgainAtMs: null };

function remoteStep(desired: Desired, observed: Observed): Step {
  if (desired.wish !== 'running') return { kind: 'settled', lookAgainAtMs: null };
  const { nextProbeAtMs } = healthOf(observed, 0);
  return observed.nowMs >= nextProbeAtMs
    ? { kind: 'probe', replicas: [0] }
    : { kind: 'settled', lookAgainAtMs: nextProbeAtMs };
}

/** Each replica is asked for its own step; a replica that waits never holds up another. */
function runStep(desired: Desired, observed: Observed): Step {
  const due: number[] = [];
  let lookAgainAtMs: number | null = null;
  for (const replica of replicasOf(desired)) {
    const step = replicaStep(desired, observed, replica);
    if (step.kind === 'probe') due.push(replica);
    else if (step.kind !== 'settled') return step;
    else lookAgainAtMs = earlier(lookAgainAtMs, step.lookAgainAtMs);
  }
  // Probes come last and together: they are slow, and they change nothing.
  return due.length > 0 ? { kind: 'probe', replicas: due } : { kind: 'settled', lookAgainAtMs };
}

function replicaStep(desired: Desired, observed: Observed, replica: number): Step {
  const container = containerOf(desired, observed, replica);
  if (container === undefined) return makeStep(observed, replica);
  if (container.state === 'removing') return { kind: 'wait-for-removal' };
  if (container.state === 'ended') return { kind: 'examine', container };

  const health = healthOf(observed, replica);
  if (isUnwell(health, observed.nowMs)) return { kind: 'recover', container };
  if (observed.nowMs < health.nextProbeAtMs) return { kind: 'settled', lookAgainAtMs: health.nextProbeAtMs };
  // Attached before it starts, or its first words would be lost.
  if (isBridged(desired) && !container.attached) return { kind: 'attach', container };
  return container.state === 'created'
    ? { kind: 'start', container }
    : { kind: 'probe', replicas: [replica] };
}

function makeStep(observed: Observed, replica: number): Step {
  const { holdUntilMs } = healthOf(observed, replica);
  if (holdUntilMs !== null && observed.nowMs < holdUntilMs)
    return { kind: 'settled', lookAgainAtMs: holdUntilMs };
  if (!observed.hasNetwork) return { kind: 'ensure-network', replica };
  return observed.hasImage ? { kind: 'create', replica } : { kind: 'pull', replica };
}

const isBridged = (desired: Desired): boolean => desired.spec !== undefined && needsBridge(desired.spec);

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
