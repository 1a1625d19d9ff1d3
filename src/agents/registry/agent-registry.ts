import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isSameJson, type JsonObject } from '@app/kernel';
import { Semaphore } from '@app/resilience';
import { idOfRequest, type Principal } from '@app/telemetry';
import { type Agent, type AgentContent } from '../domain/agent';
import { AgentNameTakenError, AgentNotYoursError } from '../domain/agents.errors';
import { afterRegistration } from '../domain/registration';
import { HeardAgents } from '../presence/heard-agents';
import { AgentAdmission } from './agent-admission';
import { ownerOf } from './agent-directory';
import { AgentJournal } from './agent-journal';
import { AgentRows } from './agent-rows';
import { stateOf } from './agent-state';

export interface Registration {
  readonly name: string;
  readonly content: AgentContent;
  readonly card: JsonObject | null;
}

/** The token and the secret are told once, when the agent is new. */
export interface Registered {
  readonly agent: Agent;
  readonly isNew: boolean;
  readonly token?: string;
  readonly signingSecret?: string;
}

const LINE_MAX = 2_000;

/** Registers agents: a new one, or one that comes again. */
@Injectable()
export class AgentRegistry {
  /** New ones of this process wait here, not each with a connection: the database lets in one at a time anyway. */
  private readonly line = new Semaphore(1, LINE_MAX, 'The registration of agents');

  constructor(
    private readonly db: Database,
    private readonly rows: AgentRows,
    private readonly admission: AgentAdmission,
    private readonly journal: AgentJournal,
    private readonly heard: HeardAgents,
  ) {}

  async register(principal: Principal, registration: Registration): Promise<Registered> {
    const again = await this.db.transaction(async () => {
      const known = await this.rows.named(principal, registration.name);
      return known === undefined ? undefined : this.again(principal, known, registration);
    });
    return again ?? this.line.run(() => this.db.transaction(() => this.anew(principal, registration)));
  }

  private async anew(principal: Principal, registration: Registration): Promise<Registered> {
    // The token of one agent makes no others: what it stands for would grow without its owner.
    if (principal.agentId !== undefined) throw new AgentNotYoursError(registration.name);
    const demandPlace = await this.admission.standInLine();
    // Whoever stood before us in the line may have registered the same name.
    const known = await this.rows.named(principal, registration.name);
    if (known !== undefined) return this.again(principal, known, registration);
    demandPlace();
    return this.insert(principal, registration);
  }

  private async insert(principal: Principal, { name, content, card }: Registration): Promise<Registered> {
    const { workspaceId } = principal;
    const id = idOfRequest('agents', name);
    await this.rows.insert({ ...content, id, workspaceId, name, card, owner: ownerOf(principal) });
    const credentials = await this.admission.credentialsFor({
      id,
      name,
      workspaceId,
      endpoints: content.endpoints,
    });
    await this.heard.hear([{ agentId: id }]);
    const agent = await this.rows.get(principal, id);
    await this.journal.tell('registered', agent, 'It was registered.', { after: stateOf(agent) });
    return { agent, isNew: true, ...credentials };
  }

  /** What it works at stays with it: it says with its heartbeats what it still holds. */
  private async again(
    principal: Principal,
    known: Agent,
    { content, card }: Registration,
  ): Promise<Registered> {
    const isItself = principal.agentId === known.id;
    const isOwner = principal.agentId === undefined && ownerOf(principal) === known.owner;
    if (!isItself && !isOwner) throw new AgentNameTakenError(known.name);
    const changed = { ...known, ...content, card: card ?? known.card };
    const isChanged = !isSameJson(stateOf(known), stateOf(changed));
    if (isChanged) await this.rows.update(changed);
    const standing = afterRegistration(known);
    const isBack = standing.status !== known.status;
    if (isBack) await this.rows.setStatus(known.id, { ...standing, reason: 'It registered again.' });
    await this.heard.hear([{ agentId: known.id }]);
    const agent = await this.rows.get(principal, known.id);
    if (isChanged || isBack)
      await this.journal.tell(isBack ? 'returned' : 'updated', agent, 'It registered again.', {
        before: stateOf(known),
        after: stateOf(agent),
      });
    return { agent, isNew: false };
  }
}
