/** The tasks that an agent says it holds. */
export interface HeldTasks {
  readonly agentId: string;
  readonly taskIds: readonly string[];
}

/**
 * What agents have to do, as far as the registry has to know. Asked for many agents at once, because a thousand of them say
 * that they live; inside the caller's transaction, where there is one.
 */
export abstract class AgentWork {
  /** How many tasks each of them holds; an agent with none may be missing. */
  abstract runningOf(agentIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Ids of tasks that the agents hold and should stop, oldest first, at most a hundred of each; an agent with none may be missing. */
  abstract toCancel(agentIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * The agents say which tasks they hold: what we gave them longer ago than a moment and they do not name, they have
   * forgotten. Those leases end as lost ones do.
   */
  abstract forgotten(said: readonly HeldTasks[]): Promise<void>;
}
