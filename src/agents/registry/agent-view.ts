import { type Agent } from '../domain/agent';

/** An agent as people see it: what was said of it, and how it is. */
export interface AgentView extends Agent {
  readonly lastHeartbeatAt: Date | null;
  readonly leaseUntil: Date | null;
  readonly currentLoad: number;
  readonly reportedRunning: number | null;
  readonly errorRate: number;
  readonly latencyMs: number | null;
  readonly closedUntil: Date | null;
  readonly probedAt: Date | null;
  readonly probeError: string | null;
  /** Tasks that it holds, by our own count. */
  readonly runningTasks: number;
}
