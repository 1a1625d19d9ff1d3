import { type Agent, type AgentStatus } from './agent';

export interface Standing {
  readonly status: AgentStatus;
  readonly drainedBy: Agent['drainedBy'];
}

/**
 * An agent that registers anew is there, and takes back that it was about to end. What an operator said stays said: a
 * maintenance does not end because a process was restarted in it.
 */
export function afterRegistration({ drainedBy }: Standing): Standing {
  return drainedBy === 'operator' ? { status: 'draining', drainedBy } : { status: 'active', drainedBy: null };
}

/** Somebody wants it drained, or no longer. One that is not there stays so, and is drained when it comes back. */
export function afterWish(
  { status }: Standing,
  wanted: 'active' | 'draining',
  by: 'agent' | 'operator',
): Standing {
  const drainedBy = wanted === 'draining' ? by : null;
  const isThere = status === 'active' || status === 'draining';
  return { status: isThere ? wanted : status, drainedBy };
}

/** Its lease has passed: expected of one that was about to end, a loss of any other. */
export const afterSilence = ({ drainedBy }: Standing): 'lost' | 'offline' =>
  drainedBy === 'agent' ? 'offline' : 'lost';
