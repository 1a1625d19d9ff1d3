import { randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Agent, type AgentOptions } from '@app/agent-kit';
import { createHttpApp } from '@app/http';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { migrateQueueSchema } from '@app/queues';
import { newApiKey } from '@app/security';
import { NestLogger } from '@app/telemetry';
import { eventually, freePort, testDatabase, type TestDatabase } from '@app/testing';
import { openPlatform, type Platform } from '../../../src/app/platform';
import { RequestReply } from '../../../src/app/request-reply';
import { rootModule } from '../../../src/app/root.module';
import { Settings } from '../../../src/app/settings';
import { MIGRATIONS } from '../../../src/migrations';

const DEADLINE_MS = 90_000;

export interface SeenTask {
  readonly task_id: string;
  readonly status: string;
  readonly progress: number;
  readonly attempt: number;
  readonly result?: unknown;
  readonly error?: { readonly code: string } | null;
  readonly logs: readonly { readonly message: string }[];
}

/** An api over a socket and a worker, as they run apart, and agents of the kit that talk to them. */
export class KitWorld {
  private readonly masterKey = randomBytes(32).toString('base64');
  private readonly adminKey = `test-admin-${randomBytes(24).toString('hex')}`;
  private readonly apps: NestFastifyApplication[] = [];
  private readonly platforms: Platform[] = [];
  private readonly agents: Agent[] = [];
  url = '';
  /** Of the role that agents register with. */
  key = '';

  private constructor(readonly database: TestDatabase) {}

  static async start(): Promise<KitWorld> {
    const world = new KitWorld(
      await testDatabase({ migrations: MIGRATIONS, afterwards: migrateQueueSchema }),
    );
    const api = await world.open('api');
    await world.open('worker');
    await api.listen(0, '127.0.0.1');
    world.url = (await api.getUrl()).replace('[::1]', '127.0.0.1');
    world.key = await world.issueKey('agent');
    return world;
  }

  async agent(options: Omit<AgentOptions, 'url' | 'key'> & { readonly key?: string }): Promise<Agent> {
    const agent = new Agent({ url: this.url, key: this.key, graceS: 5, ...options });
    this.agents.push(agent);
    await agent.start();
    return agent;
  }

  async call<T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  async submit(type: string, more: object = {}): Promise<string> {
    const { task_id } = await this.call<{ task_id: string }>('POST', '/tasks', {
      type,
      payload: {},
      ...more,
    });
    return task_id;
  }

  task(id: string): Promise<SeenTask> {
    return this.call<SeenTask>('GET', `/tasks/${id}`);
  }

  becomes(id: string, status: string): Promise<SeenTask> {
    return eventually(
      async () => {
        const task = await this.task(id);
        if (task.status !== status) throw new Error(`it is ${JSON.stringify(task)}`);
        return task;
      },
      { deadlineMs: DEADLINE_MS, everyMs: 100 },
    );
  }

  async issueKey(role: string): Promise<string> {
    const [platform] = this.platforms;
    if (platform === undefined) throw new Error('Nothing was started.');
    const { id, key, digest } = newApiKey(platform.keyring);
    await this.database.db.execute(
      `INSERT INTO api_key (id, name, digest, role, scopes, expires_at, workspace_id) VALUES ($1, $1, $2, $3, '{}', NULL, $4)`,
      [id, digest, role, DEFAULT_WORKSPACE_ID],
    );
    return key;
  }

  async stop(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.stop()));
    for (const app of this.apps) await app.close();
    for (const platform of this.platforms) await platform.close();
    await this.database.drop();
  }

  private async open(role: 'api' | 'worker'): Promise<NestFastifyApplication> {
    const settings = Object.assign(new Settings(), {
      DATABASE_URL: this.database.url,
      API_KEY: this.adminKey,
      MASTER_KEY: this.masterKey,
      CONTAINER_ENGINE: 'process',
      LOG_LEVEL: 'error',
    });
    const platform = await openPlatform(settings, role);
    this.platforms.push(platform);
    const app = await createHttpApp(rootModule(platform, new RequestReply(settings, await freePort())), {
      logger: new NestLogger(platform.logger),
      version: '0.0.0',
      metrics: platform.metrics,
    });
    this.apps.push(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return app;
  }
}
