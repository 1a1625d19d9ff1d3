import { type DomainEvent } from '@app/kernel';
import { type AgentStatus, type AgentType } from '../domain/agent';

/** What others hear of an agent. */
export interface AgentNews {
  readonly agentId: string;
  readonly name: string;
  readonly type: AgentType;
  readonly status: AgentStatus;
  readonly capabilities: readonly string[];
  readonly currentLoad: number;
  /** null: whoever says it does not know. */
  readonly runningTasks: number | null;
  readonly reason: string;
}

type Verb = 'registered' | 'updated' | 'draining' | 'lost' | 'returned' | 'deregistered';

export const agentFact = (verb: Verb, { agentId, ...news }: AgentNews): DomainEvent => ({
  name: `agent.${verb}`,
  aggregateType: 'agents',
  aggregateId: agentId,
  data: {
    ...{ agent_id: agentId, name: news.name, type: news.type, status: news.status },
    ...{ current_load: roundedLoad(news.currentLoad), running_tasks: news.runningTasks },
    ...{ capabilities: news.capabilities, reason: news.reason },
  },
  occurredAt: new Date(),
});

/** The database keeps four bytes of it: 0.75 is 0.75 there, but 0.1 is 0.10000000149. */
export const roundedLoad = (load: number): number => Math.round(load * 1_000) / 1_000;
