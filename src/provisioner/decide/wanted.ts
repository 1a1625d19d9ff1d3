import { type Desired } from './desired';
import { type Observed, type ObservedContainer } from './observed';

/** The container that stands where a replica should, undefined when there is none. */
export const containerOf = (
  desired: Desired,
  observed: Observed,
  replica: number,
): ObservedContainer | undefined =>
  observed.containers.find(
    (container) => container.replica === replica && isWanted(desired, observed, container),
  );

/** The first of several containers with the same place wins, so that two can never stay. */
export function isWanted(desired: Desired, observed: Observed, container: ObservedContainer): boolean {
  if (desired.wish !== 'running') return false;
  if (container.generation !== desired.containerGeneration || container.specHash !== desired.specHash)
    return false;
  if (container.replica < 0 || container.replica >= desired.replicas) return false;
  return observed.containers.find((other) => isSamePlace(other, container)) === container;
}

const isSamePlace = (a: ObservedContainer, b: ObservedContainer): boolean =>
  a.replica === b.replica && a.generation === b.generation && a.specHash === b.specHash;

export const replicasOf = ({ replicas }: Desired): readonly number[] =>
  Array.from({ length: replicas }, (_, replica) => replica);
