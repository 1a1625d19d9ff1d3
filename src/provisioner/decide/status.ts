import { type InstancePhase } from '@app/contracts';
import { type Desired } from './desired';
import { UNHEALTHY_AFTER_MISSES } from './health';
import { type Step } from './next-step';
import { healthOf, type Observed, type ReplicaHealth } from './observed';
import { containerOf, replicasOf } from './wanted';
import { type WorkPlace } from './work-place';

/** From here on a loop of crashes is called a failure; it is tried again all the same. */
export const FAILED_AFTER_ATTEMPTS = 5;

/** A server that was started just now refuses connections; that is no news yet. */
const QUIET_START_MS = 1_000;

/** What is known beside the look itself, in words. */
export interface Words {
  /** What is being done right now, such as the progress of a pull. */
  readonly activity: string | null;
  /** Why the engine is not there. */
  readonly engineDetail: string;
  /** Said of an instance that answers. */
  readonly healthy: string;
  /** What it runs in. */
  readonly place: WorkPlace;
}

export interface Status {
  readonly phase: InstancePhase;
  readonly reason: string;
  readonly attempt: number;
  /** Monotonic. */
  readonly nextAttemptAtMs: number | null;
}

interface ReplicaStatus {
  readonly phase: InstancePhase;
  readonly reason: string;
}

/** What people are told. null where nothing is known yet: a healthy server that was taken over must not look restarted. */
export function statusOf(desired: Desired, observed: Observed, step: Step, words: Words): Status | null {
  if (desired.wish === 'gone' || step.kind === 'examine' || step.kind === 'wait-for-removal') return null;
  if (step.kind === 'wait-for-engine') return withoutEngine(observed, words);
  if (desired.wish !== 'running') return plain(endOf(desired.wish, step, words));

  const replicas = replicasOf(desired).map((replica) => replicaStatus(desired, observed, replica, words));
  if (replicas.every((status) => status === null)) return null;
  const { phase, reason } = together(replicas, words);
  const healths = replicasOf(desired).map((replica) => healthOf(observed, replica));
  return {
    phase,
    reason,
    attempt: Math.max(...healths.map(({ attempt }) => attempt)),
    nextAttemptAtMs: nextTry(healths, observed.nowMs),
  };
}

const plain = (status: ReplicaStatus): Status => ({ ...status, attempt: 0, nextAttemptAtMs: null });

const withoutEngine = (observed: Observed, { engineDetail }: Words): Status =>
  plain({ phase: observed.engine === 'absent' ? 'failed' : 'unknown', reason: engineDetail });

const REMOVED: Readonly<Record<WorkPlace, string>> = {
  container: 'Its containers, network and secret files are being removed.',
  process: 'Its processes and secret files are being removed.',
};

function endOf(wish: 'stopped' | 'deleted', step: Step, { place }: Words): ReplicaStatus {
  const isDone = step.kind === 'settled';
  if (wish === 'stopped')
    return isDone
      ? { phase: 'stopped', reason: 'Stopped, as asked.' }
      : { phase: 'stopping', reason: `Its ${place} is being stopped.` };
  return isDone
    ? { phase: 'deleted', reason: 'Gone, with everything it owned.' }
    : { phase: 'deleting', reason: REMOVED[place] };
}

function replicaStatus(
  desired: Desired,
  observed: Observed,
  replica: number,
  words: Words,
): ReplicaStatus | null {
  const health = healthOf(observed, replica);
  if (desired.spec?.type === 'url') return remoteStatus(health, words);
  const container = containerOf(desired, observed, replica);
  if (container === undefined) return absentStatus(desired, observed, health, words);
  if (container.state === 'created')
    return onTheWay(health, 'created', `Its ${words.place} exists and is about to be started.`);
  return runningStatus(health, observed.nowMs, words);
}

function runningStatus(health: ReplicaHealth, nowMs: number, words: Words): ReplicaStatus | null {
  if (health.answered) return answeredStatus(health, words);
  if (health.misses === 0 && health.adopted) return null;
  const waiting = `Its ${words.place} runs; it has not answered yet`;
  const isYoung = health.startedAtMs !== null && nowMs - health.startedAtMs < QUIET_START_MS;
  const trouble = health.hopeless || !isYoung ? health.trouble : null;
  return onTheWay(health, 'starting', trouble === null ? `${waiting}.` : `${waiting}: ${trouble}`);
}

function remoteStatus(health: ReplicaHealth, words: Words): ReplicaStatus | null {
  if (health.answered) return answeredStatus(health, words);
  if (health.trouble === null) return null;
  const hasFailed = health.hopeless || health.misses >= UNHEALTHY_AFTER_MISSES;
  return { phase: hasFailed ? 'failed' : 'starting', reason: health.trouble };
}

function answeredStatus(health: ReplicaHealth, words: Words): ReplicaStatus {
  if (health.misses < UNHEALTHY_AFTER_MISSES) return { phase: 'running', reason: words.healthy };
  return { phase: 'unhealthy', reason: `It stopped answering: ${health.trouble ?? 'no reason is known.'}` };
}

function absentStatus(
  desired: Desired,
  observed: Observed,
  health: ReplicaHealth,
  words: Words,
): ReplicaStatus {
  const isHeld = health.holdUntilMs !== null && observed.nowMs < health.holdUntilMs;
  if (isHeld)
    return {
      phase: hasFailed(health) ? 'failed' : 'restarting',
      reason: health.trouble ?? 'It is started again shortly.',
    };
  const isReplaced = observed.containers.some(({ generation }) => generation !== desired.containerGeneration);
  if (isReplaced)
    return { phase: 'restarting', reason: `The ${words.place} of the former generation makes room.` };
  return onTheWay(
    health,
    health.hasServed ? 'restarting' : 'creating',
    words.activity ?? `Its ${words.place} is being made.`,
  );
}

/** A second start is a restart whatever it is doing; the reason says where it is. */
function onTheWay(health: ReplicaHealth, phase: InstancePhase, reason: string): ReplicaStatus {
  return health.attempt > 0 ? { phase: 'restarting', reason } : { phase, reason };
}

const hasFailed = ({ hasServed, attempt }: ReplicaHealth): boolean =>
  !hasServed || attempt >= FAILED_AFTER_ATTEMPTS;

/** Worst first: of several replicas that do not serve, this one is told of. */
const BY_WEIGHT: readonly InstancePhase[] = [
  'failed',
  'unhealthy',
  'restarting',
  'creating',
  'created',
  'starting',
];

function together(replicas: readonly (ReplicaStatus | null)[], words: Words): ReplicaStatus {
  const known = replicas.map((status) => status ?? { phase: 'starting' as const, reason: 'Not asked yet.' });
  const unwell = known.filter(({ phase }) => phase !== 'running');
  if (unwell.length === 0) return { phase: 'running', reason: words.healthy };
  const worst = unwell.reduce((a, b) => (BY_WEIGHT.indexOf(b.phase) < BY_WEIGHT.indexOf(a.phase) ? b : a));
  if (known.length === 1 || unwell.length === known.length) return worst;
  const served = known.length - unwell.length;
  return { phase: 'degraded', reason: `${served} of ${known.length} replicas answer. ${worst.reason}` };
}

function nextTry(healths: readonly ReplicaHealth[], nowMs: number): number | null {
  const held = healths.flatMap(({ holdUntilMs }) =>
    holdUntilMs !== null && holdUntilMs > nowMs ? [holdUntilMs] : [],
  );
  return held.length === 0 ? null : Math.min(...held);
}
