import { type AddressInfo } from 'node:net';
import { type Type } from '@nestjs/common';
import { newId } from '@app/kernel';
import { AgentsOptions } from '../../../src/agents';
import { TasksApiModule, TasksOptions, TasksWorkerModule } from '../../../src/tasks';
import { Dispatcher } from '../../../src/tasks/dispatch/dispatcher';
import { ControlPlane } from '../control-plane';

export interface Leased {
  readonly task_id: string;
  readonly lease_token: string;
  readonly attempt: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type Body = Readonly<Record<string, unknown>>;

interface AgentTraits {
  readonly capabilities?: readonly string[];
  readonly maxTasks?: number;
  readonly url?: string;
  readonly status?: string;
  readonly workspace?: string;
}

/** The API on a socket, and as many workers as are wanted, each with a dispatcher that runs. */
export class DispatchWorld {
  private readonly dispatchers: Dispatcher[] = [];
  private names = 0;

  private constructor(
    readonly plane: ControlPlane,
    readonly url: string,
  ) {}

  static async start(o: {
    readonly maxConcurrentTasks: number;
    readonly workers: number;
  }): Promise<DispatchWorld> {
    const plane = await ControlPlane.start({
      localMode: true,
      contexts: [TasksApiModule],
      options: [
        new TasksOptions(o.maxConcurrentTasks, 3_600, 'http://quayside.test'),
        new AgentsOptions(1_000, 'http://quayside.test'),
      ],
    });
    await plane.app.listen(0, '127.0.0.1');
    const { port } = plane.app.getHttpServer().address() as AddressInfo;
    const world = new DispatchWorld(plane, `http://127.0.0.1:${String(port)}/api/v1`);
    for (let at = 0; at < o.workers; at += 1) await world.addWorker();
    return world;
  }

  private async addWorker(): Promise<void> {
    const dispatcher = await this.plane.worker(Dispatcher, TasksWorkerModule);
    await dispatcher.onApplicationBootstrap();
    this.dispatchers.push(dispatcher);
  }

  part<T>(type: Type<T>): Promise<T> {
    return this.plane.worker(type, TasksWorkerModule);
  }

  async agent({
    capabilities = [],
    maxTasks = 10,
    url,
    status = 'active',
    workspace,
  }: AgentTraits = {}): Promise<string> {
    const id = newId();
    this.names += 1;
    await this.plane.db.execute(
      `INSERT INTO agent (id, workspace_id, name, type, max_tasks, capabilities, endpoints, status, owner)
       SELECT $1, id, $2, 'worker', $3, $4, $5::jsonb, $6, 'key:tester' FROM workspace
        WHERE $7::uuid IS NULL OR id = $7 ORDER BY id LIMIT 1`,
      [
        ...[id, `agent-${String(this.names)}`, maxTasks, capabilities],
        ...[JSON.stringify(url === undefined ? {} : { task: url }), status, workspace ?? null],
      ],
    );
    await this.plane.db.execute(
      `INSERT INTO agent_presence (agent_id, lease_until, expected_by)
       VALUES ($1, now() + interval '1 hour', now() + interval '1 hour')`,
      [id],
    );
    return id;
  }

  async send(method: string, path: string, body?: object): Promise<{ status: number; body: Body }> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Body) };
  }

  async submit(more: object = {}): Promise<string> {
    const { status, body } = await this.send('POST', '/tasks', { type: 'analysis', payload: {}, ...more });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return String(body['task_id']);
  }

  async submitMany(count: number, more: object = {}): Promise<void> {
    const tasks = Array.from({ length: count }, () => ({ type: 'analysis', payload: {}, ...more }));
    const { status, body } = await this.send('POST', '/tasks/batch', { tasks });
    if (status !== 200 && status !== 201) throw new Error(JSON.stringify(body));
  }

  async lease(agentId: string, more: object = {}): Promise<readonly Leased[]> {
    const { status, body } = await this.send('POST', `/agents/${agentId}/lease`, { wait_s: 30, ...more });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body['tasks'] as readonly Leased[];
  }

  async complete({ task_id: id, lease_token }: Leased): Promise<void> {
    const { status, body } = await this.send('POST', `/tasks/${id}/complete`, { lease_token, result: {} });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  async get(id: string): Promise<Body> {
    return (await this.send('GET', `/tasks/${id}`)).body;
  }

  async count(where: string): Promise<number> {
    const [row] = await this.plane.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM task WHERE ${where}`,
    );
    return row?.count ?? 0;
  }

  /** Nothing of one test is left to the next. */
  async clear(): Promise<void> {
    await this.plane.db.execute(`DELETE FROM task`);
    await this.plane.db.execute(`DELETE FROM agent_ask`);
    await this.plane.db.execute(`DELETE FROM agent`);
    await this.plane.db.execute(`DELETE FROM task_limit`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.dispatchers.map((each) => each.beforeApplicationShutdown()));
    await this.plane.stop();
  }
}
