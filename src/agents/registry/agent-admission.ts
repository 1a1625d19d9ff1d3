import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/kernel';
import { ApiKeys } from '../../identity';
import { AgentSigning } from '../agent-signing';
import { AgentsOptions } from '../agents.options';
import { type Agent } from '../domain/agent';
import { AgentLimitReachedError } from '../domain/agents.errors';
import { AgentRows } from './agent-rows';

/** A place in the registry, and the credentials that go with it. Called inside the transaction that gives or takes it. */
@Injectable()
export class AgentAdmission {
  constructor(
    private readonly rows: AgentRows,
    private readonly keys: ApiKeys,
    private readonly signing: AgentSigning,
    private readonly options: AgentsOptions,
  ) {}

  /** From here to the end of the transaction nobody else takes one. The answer says whether there is one, when it is asked. */
  async standInLine(): Promise<() => void> {
    const taken = await this.rows.countForNewOne();
    const { maxAgents } = this.options;
    return () => {
      if (taken >= maxAgents) throw new AgentLimitReachedError(maxAgents);
    };
  }

  /** Told once. The secret is only for agents that are sent something. */
  async credentialsFor({
    id,
    name,
    workspaceId,
    endpoints,
  }: Pick<Agent, 'id' | 'name' | 'workspaceId' | 'endpoints'>): Promise<{
    token: string;
    signingSecret?: string;
  }> {
    const key = await this.keys.issue({
      ...{ name: `agent ${name}`, workspaceId, role: 'agent', scopes: [], agentId: id },
    });
    await this.rows.rememberKey(id, key.id);
    const pushed = endpoints.task !== undefined;
    return { token: key.secret, ...(pushed ? { signingSecret: this.signing.secretOf(id) } : {}) };
  }

  async endCredentials({ keyId, workspaceId }: Agent): Promise<void> {
    if (keyId === null) return;
    try {
      await this.keys.revoke({ workspaceId }, keyId, () => undefined);
    } catch (error) {
      // An administrator has ended it before: that is what is wanted.
      if (!(error instanceof DomainError && error.kind === 'not_found')) throw error;
    }
  }
}
