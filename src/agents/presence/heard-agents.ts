import { Injectable } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { agentFact, type AgentNews } from './agent-facts';
import { PaceKeeper } from './pace-keeper';
import { type Beat, type Heard, PresenceRows } from './presence-rows';

/** Notes signs of life, and tells others what they change: that an agent is back, or busier than they know. */
@Injectable()
export class HeardAgents {
  constructor(
    private readonly db: Database,
    private readonly rows: PresenceRows,
    private readonly pace: PaceKeeper,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {}

  async hear(beats: readonly Beat[]): Promise<readonly Heard[]> {
    const heard = await this.rows.beat(beats, await this.pace.pace());
    const returned = heard.filter(({ status }) => status === 'lost' || status === 'offline');
    if (returned.length > 0) await this.welcome(returned);
    const busier = heard.filter(({ isNews, status }) => isNews && status !== 'lost' && status !== 'offline');
    if (busier.length > 0) await this.announce('updated', busier.map(newsOf('')));
    return heard;
  }

  /** They were called lost, or had ended: the first sign of life takes it back. */
  private async welcome(agents: readonly Heard[]): Promise<void> {
    const reason = 'It is heard of again.';
    await this.db.transaction(async () => {
      const rows = await this.db.query<{ id: string; status: 'active' | 'draining' }>(
        `UPDATE agent SET status = CASE WHEN drained_by IS NULL THEN 'active' ELSE 'draining' END, status_reason = $2,
                status_since = now()
          WHERE id IN (SELECT id FROM agent WHERE id = ANY ($1::uuid[]) AND status IN ('lost', 'offline')
                        ORDER BY id FOR UPDATE)
          RETURNING id, status`,
        [agents.map(({ agentId }) => agentId), reason],
      );
      const status = new Map(rows.map((row) => [row.id, row.status]));
      const back = agents.flatMap((agent) => {
        const now = status.get(agent.agentId);
        return now === undefined ? [] : [newsOf(reason)({ ...agent, status: now })];
      });
      await this.announce('returned', back);
      this.wakeDispatch();
    });
  }

  private async announce(verb: 'updated' | 'returned', news: readonly OwnedNews[]): Promise<void> {
    const workspaces = new Set(news.map(({ workspaceId }) => workspaceId));
    await this.db.transaction(async () => {
      for (const workspaceId of workspaces) {
        const own = news.filter((one) => one.workspaceId === workspaceId);
        const facts = own.map((one) => agentFact(verb, one));
        await this.events.append(facts, { audit: false, workspaceId });
      }
    });
  }

  /** There is somebody to give work to. A lost notice costs a poll of dispatch. */
  private wakeDispatch(): void {
    this.db.afterCommit(() => {
      this.pubsub.publish(CHANNELS.dispatch, '').catch(() => undefined);
    });
  }
}

type OwnedNews = AgentNews & { readonly workspaceId: string };

const newsOf =
  (reason: string) =>
  (heard: Heard): OwnedNews => ({ ...heard, runningTasks: null, reason });
