import { type Candidate, type Offer, type QueuedTask } from './model';

/** Whether this agent is one that may do the task at all, now or later. */
export function canDo(agent: Candidate, task: QueuedTask): boolean {
  if (agent.workspaceId !== task.workspaceId) return false;
  if (task.wantedAgent !== null && task.wantedAgent !== agent.id) return false;
  // Whoever only coordinates or checks is not given what nobody meant for it.
  if (task.wantedAgent === null && task.capabilities.length === 0) return agent.type === 'worker';
  return hasAll(agent.capabilities, task.capabilities);
}

/** An answer that was asked for with some capabilities takes nothing that needs others. */
export const fits = (offer: Offer, task: QueuedTask): boolean =>
  offer.capabilities.length === 0 || hasAll(offer.capabilities, task.capabilities);

const hasAll = (has: readonly string[], needs: readonly string[]): boolean =>
  needs.every((each) => has.includes(each));

/** What keeps an agent that could do the task from being given it, before it is looked at who has room. */
export type Absence = 'lost' | 'draining' | 'closed' | 'busy' | 'not_asking';

export function absenceOf(agent: Candidate, task: QueuedTask, nowMs: number): Absence | undefined {
  if (agent.status === 'draining') return 'draining';
  if (agent.status !== 'active') return 'lost';
  if (agent.closedUntilMs !== null && agent.closedUntilMs > nowMs) return 'closed';
  if (agent.running >= agent.maxTasks) return 'busy';
  return agent.offers.some((offer) => offer.slots > 0 && fits(offer, task)) ? undefined : 'not_asking';
}
