import { Injectable } from '@nestjs/common';
import { type Scope } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { type Agent } from '../domain/agent';
import { AgentNotYoursError } from '../domain/agents.errors';
import { AgentRows } from './agent-rows';

/** Finds agents, and knows who may act as one. */
@Injectable()
export class AgentDirectory {
  constructor(private readonly rows: AgentRows) {}

  /** By id or name; what another workspace has does not exist. */
  get(scope: Scope, idOrName: string): Promise<Agent> {
    return this.rows.get(scope, idOrName);
  }

  find(scope: Scope, idOrName: string): Promise<Agent | undefined> {
    return this.rows.find(scope, idOrName);
  }

  /** The agent that the caller is, or acts for; refuses whoever is neither it nor who registered it. */
  async workedBy(principal: Principal, idOrName: string): Promise<Agent> {
    const agent = await this.rows.get(principal, idOrName);
    if (!actsFor(principal, agent)) throw new AgentNotYoursError(agent.name);
    return agent;
  }

  /** The id of the agent that the caller speaks for; of its own token it is known without asking the database. */
  async idOfWorker(principal: Principal, idOrName: string): Promise<string> {
    if (principal.agentId === idOrName.toLowerCase()) return principal.agentId;
    return (await this.workedBy(principal, idOrName)).id;
  }
}

/** How the owner of an agent is written: the person behind a credential, and where there is none, the credential. */
export const ownerOf = ({ userId, kind, id }: Principal): string =>
  userId === undefined ? `${kind}:${id}` : `user:${userId}`;

export function actsFor(principal: Principal, { id, owner, workspaceId }: Agent): boolean {
  if (principal.workspaceId !== workspaceId) return false;
  // Its token says who it is: the agent of one token never speaks for another.
  if (principal.agentId !== undefined) return principal.agentId === id;
  return (
    ownerOf(principal) === owner ||
    principal.permissions === 'all' ||
    principal.permissions.has('agents:update')
  );
}
