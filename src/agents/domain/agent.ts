import { type JsonObject } from '@app/kernel';

export const AGENT_TYPES = ['worker', 'orchestrator', 'validator'] as const;
export type AgentType = (typeof AGENT_TYPES)[number];

export const AGENT_STATUSES = ['active', 'draining', 'lost', 'offline'] as const;
export type AgentStatus = (typeof AGENT_STATUSES)[number];

/** Where an agent can be reached; as sent, judged when somebody connects. */
export interface AgentEndpoints {
  readonly task?: string;
  readonly status?: string;
  readonly health?: string;
}

export interface AgentResources {
  readonly cpu?: number;
  /** As people write it: "8GB". */
  readonly memory?: string;
  readonly gpu?: boolean;
}

/** What whoever registers an agent says of it. */
export interface AgentContent {
  readonly type: AgentType;
  readonly description: string;
  readonly capabilities: readonly string[];
  readonly endpoints: AgentEndpoints;
  readonly resources: AgentResources;
  readonly labels: Readonly<Record<string, string>>;
  readonly maxTasks: number;
}

/** A registered agent. Whether it is there is told apart, by its presence. */
export interface Agent extends AgentContent {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly owner: string;
  readonly keyId: string | null;
  readonly card: JsonObject | null;
  readonly status: AgentStatus;
  readonly statusReason: string;
  readonly statusSince: Date;
  readonly drainedBy: DrainedBy | null;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Who said that it should get nothing more: itself, when it ends, or somebody else. */
export type DrainedBy = 'agent' | 'operator';

/** Of a type whose agents do tasks, when nobody says how many at once. */
export const DEFAULT_MAX_TASKS = 4;
