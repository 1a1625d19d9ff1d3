import { randomBytes, randomUUID } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lead } from '@app/database';
import { createHttpApp } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { EventAppender, OutboxRelay } from '@app/outbox';
import { newApiKey } from '@app/security';
import { NestLogger } from '@app/telemetry';
import { eventually, freePort, testDatabase, type TestDatabase } from '@app/testing';
import { openPlatform, type Platform } from '../../../src/app/platform';
import { RequestReply } from '../../../src/app/request-reply';
import { rootModule } from '../../../src/app/root.module';
import { Settings } from '../../../src/app/settings';
import { MIGRATIONS } from '../../../src/migrations';
import { mountSocket } from '../../../src/realtime';
import { Cuttable } from '../gateway/cuttable';
import { Listener, type ListenerOptions } from './listener';

export const OTHER_WORKSPACE_ID = '10000000-0000-4000-8000-000000000002';

/** A process of the api role as the product puts it together, listening. */
class Process {
  private ended: Promise<void> | undefined;

  constructor(
    readonly app: NestFastifyApplication,
    readonly platform: Platform,
    readonly port: number,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** As when it is asked to stop. */
  end(): Promise<void> {
    this.ended ??= this.app.close();
    return this.ended;
  }
}

/** Two api processes over one real database, the first of them over a line that can be cut, and a relay that numbers events. */
export class RealtimeWorld {
  readonly adminKey = `test-admin-${randomBytes(24).toString('hex')}`;
  private readonly masterKey = randomBytes(32).toString('base64');
  private readonly processes: Process[] = [];
  private relay: OutboxRelay | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly line: Cuttable,
  ) {}

  static async start(): Promise<RealtimeWorld> {
    const database = await testDatabase({ migrations: MIGRATIONS });
    const { line, url } = await Cuttable.to(database.url);
    const world = new RealtimeWorld(database, line);
    await database.db.execute(`INSERT INTO workspace (id, name) VALUES ($1, 'other')`, [OTHER_WORKSPACE_ID]);
    for (const address of [url, database.url]) await world.open(address);
    const { pubsub, queues, logger: log } = world.second.platform;
    world.relay = new OutboxRelay({
      ...{ db: database.db, lead: new Lead(database.db, { name: 'worker' }) },
      pubsub,
      queues,
      reactions: [],
      log,
    });
    world.relay.start();
    // What the start itself made is told before anybody listens.
    await world.numbered();
    return world;
  }

  /** Loses the database when the line is cut. */
  get first(): Process {
    return this.process(0);
  }

  get second(): Process {
    return this.process(1);
  }

  /** What a command would have stored; numbered soon. */
  async append(
    name: string,
    data: JsonObject,
    about: { readonly workspaceId?: string; readonly aggregateType?: string; readonly times?: number } = {},
  ): Promise<void> {
    const { aggregateType = 'things', times = 1 } = about;
    const events = Array.from({ length: times }, (_, index) => ({
      ...{ name, aggregateType, aggregateId: randomUUID(), occurredAt: new Date() },
      data: times === 1 ? data : { ...data, index },
    }));
    await new EventAppender(this.database.db).append(events, {
      audit: false,
      workspaceId: about.workspaceId,
    });
    this.relay?.nudge();
  }

  /** Everything that was appended has its number. */
  async numbered(): Promise<void> {
    await eventually(
      async () => {
        this.relay?.nudge();
        expect(await this.database.db.query(`SELECT 1 FROM outbox LIMIT 1`)).toEqual([]);
      },
      { deadlineMs: 60_000, everyMs: 50 },
    );
  }

  /** The last number given. */
  async head(): Promise<number> {
    const [row] = await this.database.db.query<{ head: string }>(
      `SELECT coalesce(max(sequence), 0) AS head FROM domain_event WHERE sequence IS NOT NULL`,
    );
    return Number(row?.head);
  }

  async issueKey(
    role: string,
    about: { readonly workspaceId?: string; readonly scopes?: readonly string[] } = {},
  ): Promise<{ readonly id: string; readonly key: string }> {
    const { id, key, digest } = newApiKey(this.second.platform.keyring);
    await this.database.db.execute(
      `INSERT INTO api_key (id, name, digest, role, scopes, workspace_id) VALUES ($1, $1, $2, $3, $4,
         coalesce($5::uuid, '00000000-0000-4000-8000-000000000001'))`,
      [id, digest, role, about.scopes ?? [], about.workspaceId ?? null],
    );
    return { id, key };
  }

  async call(
    method: string,
    path: string,
    body?: object,
    key = this.adminKey,
  ): Promise<Record<string, string>> {
    const answer = await fetch(`${this.second.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(method === 'GET' || method === 'POST' ? {} : { 'if-match': '*' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  }

  /** Not signed in yet. */
  connect(options: ListenerOptions = {}): Listener {
    const { port = this.second.port, query = '' } = options;
    return new Listener(`ws://127.0.0.1:${String(port)}/ws${query}`, options);
  }

  /** Signed in, and subscribed where it says so. */
  async listen(key: string, subscribe?: object, options: ListenerOptions = {}): Promise<Listener> {
    const listener = this.connect(options);
    await listener.opened;
    listener.send({ type: 'auth', token: key });
    if (subscribe !== undefined) listener.send({ type: 'subscribe', ...subscribe });
    await listener.frame('auth_ok');
    if (subscribe !== undefined) await listener.frame('subscribed');
    return listener;
  }

  async stop(): Promise<void> {
    this.line.mend();
    await this.relay?.stop();
    for (const process of this.processes) await process.end();
    for (const { platform } of this.processes) await platform.close();
    await this.line.end();
    await this.database.drop();
  }

  private process(index: number): Process {
    const found = this.processes[index];
    if (found === undefined) throw new Error('It was not started.');
    return found;
  }

  private async open(url: string): Promise<void> {
    const settings = Object.assign(new Settings(), {
      DATABASE_URL: url,
      API_KEY: this.adminKey,
      MASTER_KEY: this.masterKey,
      CONTAINER_ENGINE: 'process',
      LOG_LEVEL: 'error',
    });
    const platform = await openPlatform(settings, 'api');
    const app = await createHttpApp(rootModule(platform, new RequestReply(settings, await freePort())), {
      logger: new NestLogger(platform.logger),
      version: '0.0.0',
      publicUrls: ['https://quayside.example'],
    });
    mountSocket(app);
    await app.listen(0, '127.0.0.1');
    this.processes.push(new Process(app, platform, Number(new URL(await app.getUrl()).port)));
  }
}
