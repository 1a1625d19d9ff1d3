import { type Desired } from './desired';
import { healthOf, type Observed, type ReplicaHealth, UNKNOWN_HEALTH } from './observed';
import { containerOf, replicasOf } from './wanted';

/** Three probes, because one missed probe on a loaded host is not an outage. */
export const UNHEALTHY_AFTER_MISSES = 3;
/** A server may need this long for its first answer; big images on small machines do. */
export const FIRST_ANSWER_WITHIN_MS = 60_000;
/** While a server starts it is asked at least this often, whatever its interval says: people wait for it. */
const FIRST_PROBES_EVERY_MS = 500;
/** After this long without trouble the next crash is a first crash again. */
export const WELL_AFTER_MS = 600_000;

/** "Now" is monotonic everywhere here: a clock that is set must not make anything look old. */
export const started = (health: ReplicaHealth, containerId: string, nowMs: number): ReplicaHealth => ({
  ...UNKNOWN_HEALTH,
  containerId,
  attempt: health.attempt,
  hasServed: health.hasServed,
  startedAtMs: nowMs,
  nextProbeAtMs: nowMs,
});

export function answeredProbe(health: ReplicaHealth, nowMs: number, { intervalMs }: Pace): ReplicaHealth {
  const healthySinceMs = health.misses === 0 ? (health.healthySinceMs ?? nowMs) : nowMs;
  return {
    ...health,
    attempt: nowMs - healthySinceMs >= WELL_AFTER_MS ? 0 : health.attempt,
    holdUntilMs: null,
    trouble: null,
    hopeless: false,
    answered: true,
    hasServed: true,
    misses: 0,
    healthySinceMs,
    nextProbeAtMs: nowMs + intervalMs,
  };
}

export interface Miss {
  readonly trouble: string;
  readonly hopeless: boolean;
}

/** How often a server is asked: its own interval, but quickly at first. */
export interface Pace {
  readonly intervalMs: number;
  /** So many misses are followed by a quick probe; bounded, because a foreign server is not ours to hammer. */
  readonly quickProbes: number;
  /** The pause before the first quick probe; each is twice the one before, because most servers are there at once. */
  readonly firstPauseMs: number;
}

export function missedProbe(health: ReplicaHealth, nowMs: number, pace: Pace, miss: Miss): ReplicaHealth {
  const { trouble, hopeless } = miss;
  const isQuick = !health.answered && !hopeless && health.misses < pace.quickProbes;
  const everyMs = isQuick ? Math.min(pace.intervalMs, quickPauseMs(health.misses, pace)) : pace.intervalMs;
  return { ...health, misses: health.misses + 1, trouble, hopeless, nextProbeAtMs: nowMs + everyMs };
}

const quickPauseMs = (misses: number, { firstPauseMs }: Pace): number =>
  Math.min(FIRST_PROBES_EVERY_MS, firstPauseMs * 2 ** misses);

/** The container is gone or could not be made: the next one waits. */
export const failed = (health: ReplicaHealth, holdUntilMs: number, trouble: string): ReplicaHealth => ({
  ...UNKNOWN_HEALTH,
  attempt: health.attempt + 1,
  hasServed: health.hasServed,
  holdUntilMs,
  trouble,
});

/** It ended, but nobody is to blame (its engine was stopped): the next one starts at once. */
export const excused = (health: ReplicaHealth): ReplicaHealth => ({
  ...UNKNOWN_HEALTH,
  attempt: health.attempt,
  hasServed: health.hasServed,
});

/** Silent for too long: it is replaced. Before the first answer time decides, after it the count of misses. */
export function isUnwell(health: ReplicaHealth, nowMs: number): boolean {
  if (health.answered) return health.misses >= UNHEALTHY_AFTER_MISSES;
  return (
    health.startedAtMs !== null && health.misses > 0 && nowMs - health.startedAtMs >= FIRST_ANSWER_WITHIN_MS
  );
}

/** Facts about a container that is not there any more are forgotten; one that runs unknown to us is taken over. */
export function recognise(desired: Desired, observed: Observed): ReadonlyMap<number, ReplicaHealth> {
  const known = new Map<number, ReplicaHealth>();
  for (const replica of replicasOf(desired)) {
    const health = healthOf(observed, replica);
    const container = containerOf(desired, observed, replica);
    if (container === undefined) known.set(replica, health.containerId === null ? health : excused(health));
    else if (container.state !== 'running' || container.id === health.containerId) known.set(replica, health);
    else known.set(replica, { ...started(health, container.id, observed.nowMs), adopted: true });
  }
  return known;
}
