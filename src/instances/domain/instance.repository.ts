import { type InstanceScope } from './instance-scope';
import { type OperationKind } from './operation';
import { type Instance, type InstanceState } from './instance';

export interface Saved {
  /** Absent when nothing has to be provisioned. */
  readonly operationId?: string;
}

export abstract class InstanceRepository {
  /**
   * Stores a new instance, its events and its operation in the caller's transaction; the quota is counted in the
   * inserting statement. `NeedsExactCountError` asks for the slower way.
   */
  abstract insert(
    scope: InstanceScope,
    instance: Instance,
    counting: 'fast' | 'exact',
  ): Promise<{ operationId: string }>;
  /** The instance with its creating operation, whatever became of it since. */
  abstract findMade(
    scope: InstanceScope,
    id: string,
  ): Promise<{ state: InstanceState; operationId: string } | undefined>;
  /** Loads with a row lock, refusing when `expectedVersions` does not hold the stored one. */
  abstract lock(
    scope: InstanceScope,
    idOrName: string,
    expectedVersions?: readonly number[],
  ): Promise<Instance>;
  /** Stores what changed since `lock`; answers the operation when there is something to provision. */
  abstract update(instance: Instance, kind: OperationKind): Promise<Saved>;
}

/** The limit is near: the quick upper bound no longer proves that there is room. */
export class NeedsExactCountError extends Error {
  constructor() {
    super('the quota is nearly used up');
    this.name = 'NeedsExactCountError';
  }
}
