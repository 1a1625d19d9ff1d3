/** What a pass knows of a task that waits, or of the head of its lane. Times are milliseconds by the database's clock. */
export interface QueuedTask {
  readonly id: string;
  readonly lane: string;
  readonly workspaceId: string;
  readonly type: string;
  readonly concurrencyKey: string | null;
  readonly executor: 'agent' | 'gateway';
  readonly capabilities: readonly string[];
  /** Id of the only agent that may do it. */
  readonly wantedAgent: string | null;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly agentId: string | null;
  /** Smaller is sooner. */
  readonly rankMs: number;
  readonly dueMs: number;
  readonly leaseGen: number;
}

/** One way to give an agent work: it waits for an answer, or it is sent what there is. */
export interface Offer {
  /** null: the agent is pushed to. */
  readonly askId: string | null;
  /** The only capabilities this answer is for; empty: all that the agent has. */
  readonly capabilities: readonly string[];
  readonly slots: number;
  readonly sinceMs: number;
}

/** An agent as dispatch sees it. */
export interface Candidate {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: 'worker' | 'orchestrator' | 'validator';
  readonly status: 'active' | 'draining' | 'lost' | 'offline';
  readonly capabilities: readonly string[];
  readonly maxTasks: number;
  /** Tasks that it holds. */
  readonly running: number;
  /** 0 to 1, as it says itself. */
  readonly load: number;
  readonly errorRate: number;
  readonly latencyMs: number | null;
  readonly closedUntilMs: number | null;
  readonly offers: readonly Offer[];
}

/** What a limit counts. */
export type LimitKind = 'installation' | 'type' | 'key' | 'quota';

export interface Limit {
  readonly kind: LimitKind;
  /** Identifies what is counted; two limits of one name are one. */
  readonly name: string;
  /** For people: `type "analysis"`. */
  readonly title: string;
  readonly max: number;
  readonly running: number;
}

export interface ScoreParts {
  readonly free: number;
  readonly load: number;
  readonly errors: number;
  readonly latency: number;
}

export interface ScoredAgent {
  readonly agentId: string;
  readonly agentName: string;
  readonly score: number;
  readonly parts: ScoreParts;
}

export interface Assignment<Task extends QueuedTask = QueuedTask> {
  readonly task: Task;
  /** null: a gateway process does it. */
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly askId: string | null;
  /** Best first, at most ten; the first has it. */
  readonly candidates: readonly ScoredAgent[];
}
