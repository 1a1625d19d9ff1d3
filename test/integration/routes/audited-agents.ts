import { type Case, type Made } from './audited-case';

const agent = (made: Made): string => `/api/v1/agents/${made.get('registerAgent') ?? ''}`;

/** That an agent lives is what it says every few seconds: its row is the record, not the trail. */
export const SIGNS_OF_LIFE: ReadonlySet<string> = new Set(['sendHeartbeat', 'leaseTasks']);

export const AGENT_CASES: readonly Case[] = [
  {
    operation: 'registerAgent',
    body: () => ({ name: 'audited', type: 'worker', capabilities: ['auditing'] }),
    action: 'agent.registered',
  },
  {
    operation: 'updateAgent',
    path: agent,
    body: () => ({ description: 'Changed.' }),
    action: 'agent.updated',
  },
  { operation: 'drainAgent', path: (made) => `${agent(made)}/drain`, action: 'agent.draining' },
  { operation: 'deregisterAgent', path: agent, action: 'agent.deregistered' },
];
