import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Database } from '@app/database';
import { eventually } from '@app/testing';
import { Installation, type InstallationOptions } from '../../../installation';
import { Random } from '../random';
import { FickleAgent } from './fickle-agent';
import { brokenWorkPromises, type TaskRecord } from './work-checker';
import { WorkHistory } from './work-history';

const SUBMITTERS = 4;
const RETRY_MS = 200;
/** Short, so that what an agent forgets is tried again within the test. */
const TASK_TIMEOUT_S = 5;
const RETRIES = 50;
const SETTLE_LIMIT_MS = 240_000;
const PROGRESS_LIMIT_MS = 240_000;

const RECORDS = `
  SELECT t.id, t.status, t.result, t.attempt, t.retry_count,
         coalesce((SELECT array_agg(e.name ORDER BY e.sequence) FROM domain_event e
                    WHERE e.aggregate_type = 'tasks' AND e.aggregate_id = t.id::text
                      AND e.name IN ('task.completed', 'task.failed', 'task.cancelled')), '{}') AS ends,
         (SELECT count(*)::int FROM task_attempt a WHERE a.task_id = t.id) AS leases,
         (SELECT count(*)::int FROM task_attempt a WHERE a.task_id = t.id AND a.outcome = 'completed') AS completions
    FROM task t`;

export interface WorkSiegeOptions extends InstallationOptions {
  readonly agents: number;
  readonly tasks: number;
  readonly seed: number;
}

/** Tasks submitted, leased, settled and forgotten while parts of the installation are taken away. */
export class WorkSiege {
  readonly history = new WorkHistory();
  readonly agents: readonly FickleAgent[];
  #submitting: Promise<unknown> = Promise.resolve();
  #left: number;

  private constructor(
    readonly installation: Installation,
    private readonly db: Database,
    private readonly options: WorkSiegeOptions,
  ) {
    this.#left = options.tasks;
    this.agents = Array.from(
      { length: options.agents },
      (_, at) =>
        new FickleAgent({
          name: `fickle-${String(at)}`,
          address: () => `http://127.0.0.1:${String(installation.port(installation.roles()[0] ?? 'api'))}`,
          adminKey: installation.key,
          history: this.history,
          random: new Random(options.seed + at),
          lateMs: (TASK_TIMEOUT_S + 3) * 1_000,
        }),
    );
  }

  static async start(options: WorkSiegeOptions): Promise<WorkSiege> {
    const installation = await Installation.start(options);
    const db = await Database.open({ url: installation.database, applicationName: 'siege', poolSize: 2 });
    return new WorkSiege(installation, db, options);
  }

  async begin(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.start()));
    this.#submitting = Promise.all(Array.from({ length: SUBMITTERS }, () => this.#submit()));
  }

  /** Waits until so many tasks are over. */
  finished(count: number): Promise<void> {
    return eventually(
      async () => {
        const over = await this.#count(`finished_at IS NOT NULL`);
        if (over < count)
          throw new Error(`${String(over)} of ${String(count)} are over.\n${this.installation.lastLog()}`);
      },
      { deadlineMs: PROGRESS_LIMIT_MS, everyMs: 100 },
    );
  }

  /** All that was submitted is over, and every event of it is published. */
  async settle(): Promise<void> {
    await this.#submitting;
    await eventually(
      async () => {
        const open = await this.#count(`finished_at IS NULL`);
        const [row] = await this.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM outbox`);
        if (open + (row?.n ?? 0) > 0)
          throw new Error(
            `${String(open)} tasks and ${String(row?.n)} events are left.\n${this.installation.lastLog()}`,
          );
      },
      { deadlineMs: SETTLE_LIMIT_MS, everyMs: 250 },
    );
  }

  async brokenPromises(): Promise<readonly string[]> {
    return brokenWorkPromises(this.history, await this.db.query<TaskRecord & object>(RECORDS));
  }

  async stop(): Promise<void> {
    this.#left = 0;
    await Promise.all([this.#submitting, ...this.agents.map((agent) => agent.stop())]);
    await this.db.close();
    await this.installation.stop();
  }

  /** A submission whose answer was lost is repeated under its key: it is one task. */
  async #submit(): Promise<void> {
    const task = {
      ...{ type: 'processing', payload: { of: 'the siege' }, capabilities: ['soak'] },
      ...{ priority: 'medium', timeout: TASK_TIMEOUT_S, retry_count: RETRIES },
    };
    while (this.#left > 0) {
      this.#left -= 1;
      const key = randomUUID();
      for (;;) {
        const answer = await this.installation.api
          .request<{ task_id?: string }>('POST', '/api/v1/tasks', task, { 'idempotency-key': key })
          .catch(() => undefined);
        if (answer?.status === 201) {
          this.history.submitted.push(String(answer.body.task_id));
          break;
        }
        if (answer !== undefined && answer.status < 500 && answer.status !== 409)
          throw new Error(`a task was refused: ${JSON.stringify(answer.body)}`);
        await delay(RETRY_MS);
      }
    }
  }

  async #count(where: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM task WHERE ${where}`);
    return row?.n ?? 0;
  }
}
