import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '@app/http';
import { NestLogger } from '@app/telemetry';
import { freePort, testDatabase, type TestDatabase } from '@app/testing';
import { openPlatform, type Platform } from '../../../src/app/platform';
import { RequestReply } from '../../../src/app/request-reply';
import { type Role } from '../../../src/app/role';
import { rootModule } from '../../../src/app/root.module';
import { Settings } from '../../../src/app/settings';
import { AuditTrail } from '../../../src/audit';
import { MIGRATIONS } from '../../../src/migrations';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Sent {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** A bearer credential; the bootstrap key when absent, none when null. */
  readonly as?: string | null;
}

const BUSY_MS = 60_000;
const BUSY_PAUSE_MS = 250;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One process of the product: its root as it is put together, over the database that the others share. */
export class Process {
  constructor(
    readonly app: NestFastifyApplication,
    readonly platform: Platform,
    private readonly adminKey: string,
  ) {}

  /**
   * A look-up that takes long counts as a database that is away, which on a busy machine it may be for a moment; the guard
   * says so before anything is done, and asking again is what its answer asks for.
   */
  async request(method: Method, url: string, sent: Sent = {}): Promise<Answer> {
    const deadline = Date.now() + BUSY_MS;
    for (;;) {
      const answer = await this.once(method, url, sent);
      if (answer.body['code'] !== 'identity_unavailable' || Date.now() > deadline) return answer;
      await delay(BUSY_PAUSE_MS);
    }
  }

  get(url: string, sent?: Sent): Promise<Answer> {
    return this.request('GET', url, sent);
  }

  post(url: string, body: object, sent: Omit<Sent, 'body'> = {}): Promise<Answer> {
    return this.request('POST', url, { ...sent, body });
  }

  private async once(
    method: Method,
    url: string,
    { body, headers = {}, as = this.adminKey }: Sent,
  ): Promise<Answer> {
    const answer = await this.app.inject({
      ...{ method, url },
      headers: {
        host: 'localhost',
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const isJson = String(answer.headers['content-type'] ?? '').includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson ? (JSON.parse(answer.body) as Answer['body']) : {},
      text: answer.body,
    };
  }
}

/** Two processes with identity in them, an api and a gateway, over one real database. */
export class IdentityWorld {
  readonly adminKey = `test-admin-${randomBytes(24).toString('hex')}`;
  private readonly masterKey = randomBytes(32).toString('base64');
  private readonly processes: Process[] = [];

  private constructor(readonly database: TestDatabase) {}

  static async start(): Promise<IdentityWorld> {
    const world = new IdentityWorld(await testDatabase({ migrations: MIGRATIONS }));
    for (const role of ['api', 'gateway'] as const) await world.open(role);
    return world;
  }

  get api(): Process {
    return this.process(0);
  }

  get gateway(): Process {
    return this.process(1);
  }

  /** Rows of the trail of an action, those in memory first. */
  async trail(action: string): Promise<readonly Record<string, unknown>[]> {
    for (const { app } of this.processes) await app.get(AuditTrail, { strict: false }).flush();
    return this.database.db.query(`SELECT * FROM audit WHERE action = $1 ORDER BY at, id`, [action]);
  }

  async stop(): Promise<void> {
    for (const { app } of this.processes) await app.close();
    for (const { platform } of this.processes) await platform.close();
    await this.database.drop();
  }

  private process(index: number): Process {
    const found = this.processes[index];
    if (found === undefined) throw new Error('It was not started.');
    return found;
  }

  private async open(role: Role): Promise<void> {
    const settings = Object.assign(new Settings(), {
      DATABASE_URL: this.database.url,
      API_KEY: this.adminKey,
      MASTER_KEY: this.masterKey,
      CONTAINER_ENGINE: 'process',
      LOG_LEVEL: 'error',
      PUBLIC_URL: 'http://localhost:8080,https://quayside.example',
    });
    const platform = await openPlatform(settings, role);
    const root = rootModule(platform, new RequestReply(settings, await freePort()));
    const app = await createHttpApp(root, {
      logger: new NestLogger(platform.logger),
      version: '0.0.0',
      publicUrls: ['http://localhost:8080', 'https://quayside.example'],
    });
    this.processes.push(new Process(app, platform, this.adminKey));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  }
}
