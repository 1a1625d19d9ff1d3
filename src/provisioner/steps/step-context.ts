import { type InstanceSpec } from '@app/contracts';
import { type Desired } from '../decide/desired';
import { type Observed } from '../decide/observed';
import { type EnginePost } from '../engine/engines';
import { type InstanceMemory } from '../runner/instance-memory';

/** Everything one step of one look works with. */
export interface StepContext {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly post: EnginePost | undefined;
  readonly memory: InstanceMemory;
  /** Ended when the step takes too long, or something newer is wanted. */
  readonly signal: AbortSignal;
  /** Tells people what is being done, in the reason of the status. */
  readonly say: (activity: string) => void;
}

export function postOf({ post, desired }: Pick<StepContext, 'post' | 'desired'>): EnginePost {
  if (post === undefined) throw new Error(`${desired.instanceId} has no engine.`);
  return post;
}

export function specOf({ desired }: Pick<StepContext, 'desired'>): InstanceSpec {
  if (desired.spec === undefined) throw new Error(`${desired.instanceId} has no specification.`);
  return desired.spec;
}
