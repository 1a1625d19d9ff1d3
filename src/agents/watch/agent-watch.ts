import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@app/database';
import { EventAppender } from '@app/outbox';
import { type Counter, type Family, Metrics, requestContext, systemScope } from '@app/telemetry';
import { AGENT_STATUSES } from '../domain/agent';
import { AgentWork } from '../domain/agent-work';
import { agentFact } from '../presence/agent-facts';
import { type LostAgent, WatchRows } from './watch-rows';

/** Every look says that somebody watches, which must not be older than the time after which agents are believed again. */
const EVERY_MS = 4_000;

/** Notices who is not there any more. Every worker looks; one at a time does. */
@Injectable()
export class AgentWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AgentWatch.name);
  private readonly missed: Family<Counter>;
  private counts: ReadonlyMap<string, number> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private passing: Promise<void> | undefined;
  private isFailing = false;

  constructor(
    private readonly db: Database,
    private readonly rows: WatchRows,
    private readonly work: AgentWork,
    private readonly events: EventAppender,
    metrics: Metrics,
  ) {
    this.missed = metrics.counter(
      'agent_heartbeats_missed_total',
      'Heartbeats that were due and did not come.',
    );
    const agents = metrics.gauge('agents', 'Registered agents, by their state.', { labels: ['status'] });
    metrics.onScrape(() => {
      for (const status of AGENT_STATUSES) agents.of(status).set(this.counts.get(status) ?? 0);
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // A look that hangs is not joined by another one.
      this.passing ??= this.tryLook().finally(() => (this.passing = undefined));
    }, EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.passing;
  }

  /** Answers who was lost; nobody, where another process looks. */
  pass(): Promise<readonly LostAgent[]> {
    return requestContext.run(systemScope('agents'), () => this.db.transaction(() => this.look()));
  }

  private async look(): Promise<readonly LostAgent[]> {
    const seen = await this.rows.look();
    if (seen === undefined) return [];
    await this.tell(seen.lost);
    this.db.afterCommit(() => {
      this.missed.of().add(seen.missed);
      this.counts = seen.counts;
    });
    return seen.lost;
  }

  /** That an agent which had announced its end is gone is no loss, but others see its state all the same. */
  private async tell(lost: readonly LostAgent[]): Promise<void> {
    if (lost.length === 0) return;
    const running = await this.work.runningOf(lost.map(({ agentId }) => agentId));
    for (const workspaceId of new Set(lost.map((agent) => agent.workspaceId))) {
      const own = lost.filter((agent) => agent.workspaceId === workspaceId);
      const facts = own.map((agent) =>
        agentFact(agent.status === 'lost' ? 'lost' : 'updated', {
          ...agent,
          runningTasks: running.get(agent.agentId) ?? 0,
          reason:
            agent.status === 'lost'
              ? 'It was not heard of for a whole term.'
              : 'It ended, as it had announced.',
        }),
      );
      await this.events.append(facts, { audit: false, workspaceId });
    }
  }

  /** Nearly always all are well: one statement then. Never rejects; says once that it cannot see. */
  private async tryLook(): Promise<void> {
    try {
      const { isToDo, counts } = await requestContext.run(systemScope('agents'), () => this.rows.glance());
      this.counts = new Map(Object.entries(counts ?? {}));
      if (isToDo) await this.pass();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`agents cannot be watched: ${String(error)}`);
      this.isFailing = true;
    }
  }
}
