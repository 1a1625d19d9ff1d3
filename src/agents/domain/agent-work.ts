import { type Scope } from '@app/kernel';

/** What agents have to do, as far as the registry has to know. Read inside the caller's transaction, where there is one. */
export abstract class AgentWork {
  /** How many tasks each of them holds; an agent with none may be missing. */
  abstract runningOf(agentIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Ids of tasks that the agent holds and should stop, oldest first, at most a hundred. */
  abstract toCancel(agentId: string): Promise<readonly string[]>;
  /**
   * The agent says which tasks it holds: what we gave it longer ago than a moment and it does not name, it has forgotten.
   * Their leases end as lost ones do.
   */
  abstract forgotten(scope: Scope, agentId: string, held: readonly string[]): Promise<void>;
}
