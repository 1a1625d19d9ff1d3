import { newId } from '@app/kernel';
import { type Database } from '@app/database';
import { AgentsOptions } from '../../../src/agents';
import { LeaseTokens, TasksApiModule, TasksOptions, TasksWorkerModule } from '../../../src/tasks';
import { TaskReaper } from '../../../src/tasks/lifecycle/reaper';
import { TaskReports } from '../../../src/tasks/lifecycle/task-reports';
import { type Answer, ControlPlane } from '../control-plane';

export const TASKS = '/api/v1/tasks';

/** As the required document prints it, one of the alternatives chosen. */
export const PRINTED = {
  pipeline_id: 'pipeline-123',
  stage: 1,
  type: 'data-ingestion',
  payload: {
    data_source: 's3://bucket/data.csv',
    parameters: { format: 'csv', delimiter: ',' },
  },
  priority: 'high',
  timeout: 300,
  retry_count: 3,
} as const;

export type Body = Record<string, unknown>;

/** Dispatch, in a nutshell: the task is this agent's now. */
const CLAIM = `
  WITH claimed AS (
    UPDATE task SET status = 'running', attempt = attempt + 1, lease_gen = lease_gen + 1, assigned_agent = $2,
           started_at = now(), lease_until = now() + interval '30 seconds', run_deadline = now() + timeout_s * interval '1 second'
     WHERE id = $1 AND status IN ('pending', 'retrying')
    RETURNING id, lease_gen, attempt, assigned_agent
  )
  INSERT INTO task_attempt (task_id, lease_gen, attempt, agent_id, agent_name, candidates)
  SELECT id, lease_gen, attempt, assigned_agent, 'somebody', '[{"agent_name": "somebody", "score": 1}]' FROM claimed
  RETURNING lease_gen AS "leaseGen"`;

/** The API of tasks, the reaper, and a hand that does what dispatch does. */
export class TasksWorld {
  private constructor(
    readonly plane: ControlPlane,
    readonly reaper: TaskReaper,
  ) {}

  static async start(): Promise<TasksWorld> {
    const plane = await ControlPlane.start({
      contexts: [TasksApiModule],
      options: [new TasksOptions(50, 3_600, 'http://localhost'), new AgentsOptions(100, 'http://localhost')],
    });
    return new TasksWorld(plane, await plane.worker(TaskReaper, TasksWorkerModule));
  }

  get db(): Database {
    return this.plane.db;
  }

  post(
    path: string,
    body: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    return this.plane.request<Body>('POST', `${TASKS}${path}`, body, headers);
  }

  async submitted(more: object = {}): Promise<string> {
    const { status, body } = await this.post('', { ...PRINTED, ...more });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return String(body['task_id']);
  }

  async get(id: string): Promise<Body> {
    return (await this.plane.request<Body>('GET', `${TASKS}/${id}`)).body;
  }

  async claim(id: string, agentId: string | null = null): Promise<string> {
    const [row] = await this.db.query<{ leaseGen: number }>(CLAIM, [id, agentId]);
    if (row === undefined) throw new Error('there is nothing to claim');
    return this.plane.app.get(LeaseTokens, { strict: false }).of(id, row.leaseGen);
  }

  /** A task that runs, and the token of its lease. */
  async running(more: object = {}, agentId: string | null = null): Promise<{ id: string; token: string }> {
    const id = await this.submitted(more);
    return { id, token: await this.claim(id, agentId) };
  }

  async agent(name: string): Promise<string> {
    const id = newId();
    await this.db.execute(
      `INSERT INTO agent (id, workspace_id, name, type, max_tasks, owner)
       SELECT $1, id, $2, 'worker', 10, 'key:tester' FROM workspace ORDER BY id LIMIT 1`,
      [id, name],
    );
    await this.db.execute(
      `INSERT INTO agent_presence (agent_id, lease_until, expected_by) VALUES ($1, now() + interval '1 hour', now() + interval '1 hour')`,
      [id],
    );
    return id;
  }

  /** As if that much time had passed for this column. */
  async pass(id: string, column: string): Promise<void> {
    await this.db.execute(`UPDATE task SET ${column} = now() - interval '1 second' WHERE id = $1`, [id]);
  }

  async eventsOf(id: string): Promise<readonly string[]> {
    const rows = await this.db.query<{ name: string }>(
      `SELECT name FROM domain_event JOIN outbox ON event_id = domain_event.id
        WHERE aggregate_type = 'tasks' AND aggregate_id = $1 ORDER BY outbox.id`,
      [id],
    );
    return rows.map(({ name }) => name.replace('task.', ''));
  }

  async flush(): Promise<void> {
    await this.plane.app.get(TaskReports, { strict: false }).flush();
  }

  stop(): Promise<void> {
    return this.plane.stop();
  }
}
