/** `absent`: no engine of the needed kind has answered since this process began. */
export type EngineState = 'up' | 'down' | 'absent';

/** `removing`: the engine is at it already; it can only be waited for. */
export type ContainerState = 'created' | 'running' | 'ended' | 'removing';

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly replica: number;
  readonly generation: number;
  readonly specHash: string;
  readonly state: ContainerState;
  /** The bridge holds its standard streams. */
  readonly attached: boolean;
}

/** What is remembered of one replica. Lost with the process: everything in it can be learned again by looking. */
export interface ReplicaHealth {
  /** The container that the probe facts are about. */
  readonly containerId: string | null;
  /** Found running, not started by this process. */
  readonly adopted: boolean;
  /** Starts that failed since the replica was last well for ten minutes. */
  readonly attempt: number;
  /** No new start before this moment (monotonic). */
  readonly holdUntilMs: number | null;
  /** Why it is held or unwell, one sentence. */
  readonly trouble: string | null;
  /** Waiting will not help, so it is said to have failed at once. */
  readonly hopeless: boolean;
  /** This container has answered at least once. */
  readonly answered: boolean;
  /** A container of this generation has answered at least once. */
  readonly hasServed: boolean;
  readonly misses: number;
  readonly startedAtMs: number | null;
  readonly healthySinceMs: number | null;
  readonly nextProbeAtMs: number;
}

export const UNKNOWN_HEALTH: ReplicaHealth = {
  containerId: null,
  adopted: false,
  attempt: 0,
  holdUntilMs: null,
  trouble: null,
  hopeless: false,
  answered: false,
  hasServed: false,
  misses: 0,
  startedAtMs: null,
  healthySinceMs: null,
  nextProbeAtMs: 0,
};

/** One look at one instance. */
export interface Observed {
  readonly nowMs: number;
  readonly engine: EngineState;
  readonly containers: readonly ObservedContainer[];
  /** Looked for only where a container is missing or everything must go. */
  readonly hasNetwork: boolean;
  readonly hasImage: boolean;
  /** By replica; a missing one is UNKNOWN_HEALTH. */
  readonly health: ReadonlyMap<number, ReplicaHealth>;
}

/** What a step that went well has changed, where it knows all of it. */
export interface Change {
  readonly hasNetwork?: true;
  /** Made, or in another state than before. */
  readonly container?: ObservedContainer;
}

export function changed(observed: Observed, { hasNetwork, container }: Change): Observed {
  const containers =
    container === undefined
      ? observed.containers
      : [...observed.containers.filter(({ id }) => id !== container.id), container];
  return { ...observed, containers, hasNetwork: hasNetwork ?? observed.hasNetwork };
}

export const healthOf = (observed: Observed, replica: number): ReplicaHealth =>
  observed.health.get(replica) ?? UNKNOWN_HEALTH;
