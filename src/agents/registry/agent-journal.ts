import { Injectable } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { type AppendOptions, EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { type Agent } from '../domain/agent';
import { AgentWork } from '../domain/agent-work';
import { agentFact } from '../presence/agent-facts';

type Verb = Parameters<typeof agentFact>[0];

/** Tells what was done with an agent, inside the transaction that does it. */
@Injectable()
export class AgentJournal {
  constructor(
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly work: AgentWork,
    private readonly pubsub: PubSub,
  ) {}

  async tell(
    verb: Verb,
    agent: Agent,
    reason: string,
    change: Pick<AppendOptions, 'before' | 'after'>,
  ): Promise<void> {
    const running = await this.work.runningOf([agent.id]);
    const fact = agentFact(verb, {
      ...agent,
      agentId: agent.id,
      currentLoad: await this.loadOf(agent.id),
      runningTasks: running.get(agent.id) ?? 0,
      reason,
    });
    await this.events.append([fact], { workspaceId: agent.workspaceId, ...change });
    this.wakeDispatch();
  }

  private async loadOf(id: string): Promise<number> {
    const [row] = await this.db.query<{ load: number }>(
      `SELECT current_load AS load FROM agent_presence WHERE agent_id = $1`,
      [id],
    );
    return row?.load ?? 0;
  }

  /** What dispatch may give to whom has changed. A lost notice costs one of its polls. */
  private wakeDispatch(): void {
    this.db.afterCommit(() => {
      this.pubsub.publish(CHANNELS.dispatch, '').catch(() => undefined);
    });
  }
}
