import { Injectable } from '@nestjs/common';
import { isName, isUuid } from '@app/kernel';
import { EgressPolicy } from '@app/security';
import { type Principal } from '@app/telemetry';
import { AgentsOptions } from '../agents.options';
import { CardImport, type ImportedCard } from '../card/card-import';
import { AgentInvalidError } from '../domain/agents.errors';
import { PaceKeeper } from '../presence/pace-keeper';
import { AgentRegistry, type Registered } from '../registry/agent-registry';
import { type AgentView } from '../registry/agent-view';
import { showAgent } from './agent.dto';
import { type RegisterAgentDto, type RegisteredAgentDto } from './register-agent.dto';
import { judgeEndpoints, sentContent, wholeContent } from './to-content';

/** A registration from its request to its answer. */
@Injectable()
export class AgentRegistrations {
  constructor(
    private readonly registry: AgentRegistry,
    private readonly cards: CardImport,
    private readonly pace: PaceKeeper,
    private readonly policy: EgressPolicy,
    private readonly options: AgentsOptions,
  ) {}

  async register(principal: Principal, body: RegisterAgentDto): Promise<Registered> {
    judgeEndpoints(body.endpoints, this.policy);
    // Before the transaction: none of ours waits for somebody else's server.
    const imported = body.card_url === undefined ? undefined : await this.cards.import(body.card_url);
    const content = wholeContent(imported?.content ?? {}, sentContent(body));
    return this.registry.register(principal, {
      name: nameOf(body, imported),
      content,
      card: imported?.card ?? null,
    });
  }

  async show(
    { isNew: _isNew, agent, token, signingSecret }: Registered,
    view: AgentView,
  ): Promise<RegisteredAgentDto> {
    const { intervalS } = await this.pace.pace();
    const url = `${this.options.publicUrl}/api/v1/agents/${agent.id}`;
    return {
      ...showAgent(view),
      ...(token === undefined ? {} : { token }),
      ...(signingSecret === undefined ? {} : { signing_secret: signingSecret }),
      ...{ heartbeat_interval_s: intervalS, heartbeat_url: `${url}/heartbeat`, lease_url: `${url}/lease` },
    };
  }
}

function nameOf({ name, card_url }: RegisterAgentDto, imported: ImportedCard | undefined): string {
  const chosen = name ?? imported?.name;
  if (chosen !== undefined && isName(chosen) && !isUuid(chosen)) return chosen;
  const why =
    chosen === undefined
      ? card_url === undefined
        ? 'is missing'
        : 'is missing; the card has none that fits'
      : 'is reserved';
  throw new AgentInvalidError(`/name ${why}.`, {
    errors: [
      { pointer: '/name', code: chosen === undefined ? 'required' : 'invalid', detail: `name ${why}` },
    ],
  });
}
