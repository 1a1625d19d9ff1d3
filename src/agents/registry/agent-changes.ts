import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type Principal } from '@app/telemetry';
import { type Agent, type AgentContent } from '../domain/agent';
import { afterWish } from '../domain/registration';
import { AgentAdmission } from './agent-admission';
import { AgentJournal } from './agent-journal';
import { AgentRows } from './agent-rows';
import { stateOf } from './agent-state';

export type Wish = 'active' | 'draining';
type DemandVersion = (rowVersion: number) => void;

/** Changes, drains and removes registered agents. */
@Injectable()
export class AgentChanges {
  constructor(
    private readonly db: Database,
    private readonly rows: AgentRows,
    private readonly admission: AgentAdmission,
    private readonly journal: AgentJournal,
  ) {}

  update(
    principal: Principal,
    idOrName: string,
    { status, ...content }: Partial<AgentContent> & { readonly status?: Wish | undefined },
    demandVersion: DemandVersion,
  ): Promise<Agent> {
    return this.db.transaction(async () => {
      const known = await this.rows.get(principal, idOrName, 'FOR UPDATE');
      demandVersion(known.rowVersion);
      if (Object.keys(content).length > 0) {
        await this.rows.update({ ...known, ...content });
        const changed = await this.rows.get(principal, known.id);
        const change = { before: stateOf(known), after: stateOf(changed) };
        await this.journal.tell('updated', changed, 'It was changed.', change);
      }
      return status === undefined
        ? this.rows.get(principal, known.id)
        : this.wish(principal, known.id, status);
    });
  }

  /** It gets nothing more, and ends what it has. Said twice it changes nothing. */
  drain(principal: Principal, idOrName: string): Promise<Agent> {
    return this.db.transaction(() => this.wish(principal, idOrName, 'draining'));
  }

  /** Its token ends with it. Whoever looks after the tasks finds those that it held without an agent. */
  async remove(principal: Principal, idOrName: string, demandVersion: DemandVersion): Promise<void> {
    await this.db.transaction(async () => {
      const known = await this.rows.get(principal, idOrName, 'FOR UPDATE');
      demandVersion(known.rowVersion);
      await this.admission.endCredentials(known);
      await this.journal.tell('deregistered', { ...known, status: 'offline' }, 'It was deregistered.', {
        before: stateOf(known),
      });
      await this.rows.remove(known.id);
    });
  }

  private async wish(principal: Principal, idOrName: string, wanted: Wish): Promise<Agent> {
    const known = await this.rows.get(principal, idOrName, 'FOR UPDATE');
    const by = principal.agentId === known.id ? 'agent' : 'operator';
    const standing = afterWish(known, wanted, by);
    if (standing.status === known.status && standing.drainedBy === known.drainedBy) return known;
    const reason = wanted === 'draining' ? 'It is being drained.' : 'It takes tasks again.';
    await this.rows.setStatus(known.id, { ...standing, reason });
    const agent = await this.rows.get(principal, known.id);
    const change = { before: stateOf(known), after: stateOf(agent) };
    await this.journal.tell(wanted === 'draining' ? 'draining' : 'updated', agent, reason, change);
    return agent;
  }
}
