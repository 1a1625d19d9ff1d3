import { DomainError, type DomainErrorOptions } from '@app/kernel';

export class AgentUnknownError extends DomainError {
  readonly code = 'agent_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such agent';
  override readonly hint = 'List the agents with GET /api/v1/agents, or register this one.';

  constructor(idOrName: string) {
    super(`No agent of this workspace has the id or name "${idOrName}".`);
  }
}

export class AgentNameTakenError extends DomainError {
  readonly code = 'agent_name_taken';
  readonly kind = 'conflict';
  readonly title = 'The name is in use';
  override readonly hint = 'Choose another name, or register with the credential that registered the first.';

  constructor(name: string) {
    super(`An agent named "${name}" was registered by somebody else.`);
  }
}

export class AgentLimitReachedError extends DomainError {
  readonly code = 'agent_limit_reached';
  readonly kind = 'exhausted';
  readonly title = 'No more agents can be registered';
  override readonly hint =
    'Deregister agents that are not needed, or start the product with a higher MAX_AGENTS.';

  constructor(limit: number) {
    super(`All ${String(limit)} places for agents are taken.`, { facts: { limit } });
  }
}

export class AgentNotYoursError extends DomainError {
  readonly code = 'agent_not_yours';
  readonly kind = 'forbidden';
  readonly title = 'You are not this agent';
  override readonly hint = "Use the agent's own token, or the credential that registered it.";

  constructor(name: string) {
    super(`Only the agent "${name}" itself and whoever registered it may do this.`);
  }
}

export class AgentInvalidError extends DomainError {
  readonly code = 'agent_invalid';
  readonly kind = 'invalid';
  readonly title = 'The agent cannot be like this';
  override readonly hint = 'Correct what errors names and send it again.';
}

export class AgentCardRefusedError extends DomainError {
  readonly code = 'agent_card_refused';
  readonly kind = 'invalid';
  readonly title = 'The agent card cannot be imported';
  override readonly hint = 'Correct the address or the card, or register the agent by its fields.';

  constructor(reason: string, options: DomainErrorOptions = {}) {
    super(`The card was not imported: ${reason}.`, options);
  }
}
