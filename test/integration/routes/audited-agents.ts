import { type Case, type Made } from './audited-case';

const agent = (made: Made): string => `/api/v1/agents/${made.get('registerAgent') ?? ''}`;

export const AGENT_CASES: readonly Case[] = [
  {
    operation: 'registerAgent',
    body: () => ({ name: 'audited', type: 'worker', capabilities: ['auditing'] }),
    action: 'agent.registered',
    also: ['identity.key.issued'],
  },
  {
    operation: 'updateAgent',
    path: agent,
    body: () => ({ description: 'Changed.' }),
    action: 'agent.updated',
  },
  { operation: 'drainAgent', path: (made) => `${agent(made)}/drain`, action: 'agent.draining' },
  {
    operation: 'deregisterAgent',
    path: agent,
    action: 'agent.deregistered',
    also: ['identity.key.revoked'],
  },
];
