import { type AgentForWork } from '../../../agents';
import { type OpenAsk } from '../persistence/ask-rows';
import { type Candidate, type Offer } from './model';

/** Agents as dispatch sees them, with every way to give them something. What they hold is counted elsewhere. */
export function candidatesOf(
  agents: readonly AgentForWork[],
  asks: readonly OpenAsk[],
  nowMs: number,
): readonly Candidate[] {
  const offers = offersByAgent(asks);
  return agents.map((agent) => ({
    id: agent.id,
    workspaceId: agent.workspaceId,
    name: agent.name,
    type: agent.type,
    status: agent.status,
    capabilities: agent.capabilities,
    maxTasks: agent.maxTasks,
    running: 0,
    load: agent.currentLoad,
    errorRate: agent.errorRate,
    latencyMs: agent.latencyMs,
    closedUntilMs: agent.closedUntil?.getTime() ?? null,
    offers: [...(offers.get(agent.id) ?? []), ...(agent.pushes ? [pushOf(agent, nowMs)] : [])],
  }));
}

/** It waits for nothing, so that of two that are alike the one that asked comes first. */
const pushOf = ({ maxTasks }: AgentForWork, nowMs: number): Offer => ({
  ...{ askId: null, capabilities: [], slots: maxTasks, sinceMs: nowMs },
});

function offersByAgent(asks: readonly OpenAsk[]): ReadonlyMap<string, readonly Offer[]> {
  const byAgent = new Map<string, Offer[]>();
  for (const { id, agentId, capabilities, slots, sinceMs } of asks) {
    const offer = { askId: id, capabilities, slots, sinceMs };
    const known = byAgent.get(agentId);
    if (known === undefined) byAgent.set(agentId, [offer]);
    else known.push(offer);
  }
  return byAgent;
}
