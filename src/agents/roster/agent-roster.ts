import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, isDatabaseUnavailable } from '@app/database';
import { isUuid, type Scope } from '@app/kernel';
import { WriteBehind } from '@app/resilience';
import { requestContext, systemScope } from '@app/telemetry';
import { averageSteps, type Outcome } from '../domain/averages';
import { HeardAgents } from '../presence/heard-agents';
import { PresenceRows } from '../presence/presence-rows';
import { type AgentForWork } from './agent-for-work';

const FLUSH_EVERY_MS = 250;
/** Of what is gathered while the database is away; the newest say most. */
const CAPACITY = 20_000;
const BATCH_MAX = 1_000;
const STOP_LIMIT_MS = 2_000;

const SELECT = `
  SELECT a.id, a.workspace_id AS "workspaceId", a.name, a.type, a.capabilities, a.max_tasks AS "maxTasks",
         a.endpoints ->> 'task' AS "taskUrl", a.status,
         coalesce(p.current_load, 0) AS "currentLoad", coalesce(p.error_rate, 0) AS "errorRate",
         p.latency_ms AS "latencyMs", p.closed_until AS "closedUntil"
    FROM agent a LEFT JOIN agent_presence p ON p.agent_id = a.id`;
/** An agent that is not known to be there is given nothing, even before it is called lost. */
const TAKES_WORK = `a.status = 'active' AND p.lease_until > now()`;
/** Who can be given work now, as part of a larger statement. */
export const AGENTS_FOR_WORK = `${SELECT} WHERE ${TAKES_WORK} ORDER BY a.id`;

/** Who can be given work. Reads join the caller's transaction; what is noted of agents is gathered and written in batches. */
@Injectable()
export class AgentRoster implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AgentRoster.name);
  private readonly outcomes: WriteBehind<Outcome>;
  private readonly touched: WriteBehind<string>;

  constructor(
    private readonly db: Database,
    private readonly rows: PresenceRows,
    heard: HeardAgents,
  ) {
    this.outcomes = this.gathering((batch) => rows.average(averageSteps(batch)));
    this.touched = this.gathering(async (batch) => {
      await heard.hear([...new Set(batch)].map((agentId) => ({ agentId })));
    });
  }

  onApplicationBootstrap(): void {
    // Not in the name of whoever happened to come first.
    requestContext.run(systemScope('agents'), () => {
      this.outcomes.start();
      this.touched.start();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.outcomes.stop(STOP_LIMIT_MS), this.touched.stop(STOP_LIMIT_MS)]);
  }

  /** These agents whatever their state is; without ids all that can be given work now. */
  async present(ids?: readonly string[]): Promise<readonly AgentForWork[]> {
    const rows =
      ids === undefined
        ? await this.db.query<AgentRow>(AGENTS_FOR_WORK)
        : await this.db.query<AgentRow>(`${SELECT} WHERE a.id = ANY ($1::uuid[]) ORDER BY a.id`, [ids]);
    return rows.map(toAgentForWork);
  }

  async ofWorkspace(workspaceId: string): Promise<readonly AgentForWork[]> {
    const rows = await this.db.query<AgentRow>(`${SELECT} WHERE a.workspace_id = $1 ORDER BY a.id`, [
      workspaceId,
    ]);
    return rows.map(toAgentForWork);
  }

  async resolve({ workspaceId }: Scope, idOrName: string): Promise<AgentForWork | undefined> {
    const by = isUuid(idOrName) ? 'a.id = $2::uuid' : 'a.name = $2';
    const [row] = await this.db.query<AgentRow>(`${SELECT} WHERE a.workspace_id = $1 AND ${by}`, [
      workspaceId,
      idOrName,
    ]);
    return row === undefined ? undefined : toAgentForWork(row);
  }

  /** How agents did with what was given to them. */
  observe(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) this.outcomes.push(outcome);
  }

  /** The agent asked to be given nothing before. */
  close(agentId: string, until: Date): Promise<void> {
    return this.rows.close(agentId, until);
  }

  /** It did something that only a living agent does. */
  touch(agentId: string): void {
    this.touched.push(agentId);
  }

  /** What is gathered, now; for tests and for the end. */
  async flush(): Promise<void> {
    await Promise.all([this.outcomes.flush(), this.touched.flush()]);
  }

  private gathering<T>(write: (batch: readonly T[]) => Promise<void>): WriteBehind<T> {
    return new WriteBehind<T>({
      ...{ capacity: CAPACITY, batchMax: BATCH_MAX, flushEveryMs: FLUSH_EVERY_MS, write },
      isAway: isDatabaseUnavailable,
      onAway: (error) => {
        this.logger.warn(`what agents did waits to be noted: ${String(error)}`);
      },
      onRefused: (_entry, error) => {
        this.logger.error(`what an agent did was not noted: ${String(error)}`);
      },
    });
  }
}

/** As the database answers, also as JSON. */
export type AgentRow = Omit<AgentForWork, 'pushes' | 'taskUrl' | 'closedUntil'> & {
  readonly taskUrl: string | null;
  readonly closedUntil: Date | string | null;
};

export const toAgentForWork = ({ taskUrl, closedUntil, ...row }: AgentRow): AgentForWork => ({
  ...row,
  closedUntil: closedUntil === null ? null : new Date(closedUntil),
  pushes: taskUrl !== null,
  ...(taskUrl === null ? {} : { taskUrl }),
});
