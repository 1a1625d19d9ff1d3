import { type AgentStatus, type AgentType } from '../domain/agent';

/** An agent as dispatch has to know it. */
export interface AgentForWork {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: AgentType;
  readonly capabilities: readonly string[];
  /** How many tasks it takes at once. */
  readonly maxTasks: number;
  /** Work is sent to it; the others come and ask. */
  readonly pushes: boolean;
  readonly taskUrl?: string;
  /** What it says of itself, 0 to 1. How much it really holds is what the tasks say. */
  readonly currentLoad: number;
  /** Moving averages of what dispatch has seen. */
  readonly errorRate: number;
  readonly latencyMs: number | null;
  /** It asked to be given nothing before. */
  readonly closedUntil: Date | null;
  readonly status: AgentStatus;
}
