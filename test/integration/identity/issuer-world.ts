import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '@app/http';
import { NestLogger } from '@app/telemetry';
import { freePort, testDatabase, type TestDatabase } from '@app/testing';
import { openPlatform, type Platform } from '../../../src/app/platform';
import { publicUrls } from '../../../src/app/public-url';
import { RequestReply } from '../../../src/app/request-reply';
import { type Role } from '../../../src/app/role';
import { rootModule } from '../../../src/app/root.module';
import { Settings } from '../../../src/app/settings';
import { AuditTrail } from '../../../src/audit';
import { mountFaces } from '../../../src/gateway';
import { MIGRATIONS } from '../../../src/migrations';

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Sent {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** A bearer credential; the bootstrap key when absent, none when null. */
  readonly as?: string | null;
}

interface Process {
  readonly app: NestFastifyApplication;
  readonly platform: Platform;
}

/** An api and a gateway of the product on real ports, before one database: tokens and browsers come over HTTP. */
export class IssuerWorld {
  readonly adminKey = `test-admin-${randomBytes(24).toString('hex')}`;
  readonly userServiceSecret = randomBytes(32).toString('hex');
  apiUrl = '';
  gatewayUrl = '';
  private readonly masterKey = randomBytes(32).toString('base64');
  private readonly processes: Process[] = [];

  private constructor(readonly database: TestDatabase) {}

  static async start(settings: Partial<Settings> = {}): Promise<IssuerWorld> {
    const world = new IssuerWorld(await testDatabase({ migrations: MIGRATIONS }));
    world.apiUrl = await world.open('api', settings);
    world.gatewayUrl = await world.open('gateway', settings);
    return world;
  }

  async request(
    method: string,
    url: string,
    { body, headers = {}, as = this.adminKey }: Sent = {},
  ): Promise<Told> {
    const answer = await fetch(url.startsWith('http') ? url : this.apiUrl + url, {
      ...{ method, redirect: 'manual' },
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return told(answer);
  }

  async trust(issuer: object): Promise<Told['body']> {
    const { status, body } = await this.request('POST', '/api/v1/issuers', { body: issuer });
    expect([status, body]).toEqual([201, body]);
    return body;
  }

  /** The first message of an MCP client. */
  initialize(path: string, as: string | null): Promise<Told> {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    };
    return this.request('POST', this.gatewayUrl + path, {
      as,
      body: { jsonrpc: '2.0', id: 1, method: 'initialize', params },
      headers: { accept: 'application/json, text/event-stream' },
    });
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

  private async open(role: Role, more: Partial<Settings>): Promise<string> {
    const port = await freePort();
    const settings = Object.assign(new Settings(), {
      ...{ DATABASE_URL: this.database.url, API_KEY: this.adminKey, MASTER_KEY: this.masterKey },
      ...{ JWT_SECRET: this.userServiceSecret, FLASK_API_URL: 'http://flask-service:5000' },
      ...{ CONTAINER_ENGINE: 'process', LOG_LEVEL: 'error', SERVER_PORT: port },
      ...{ PUBLIC_URL: `http://localhost:${String(port)}` },
      ...more,
    });
    const platform = await openPlatform(settings, role);
    const root = rootModule(platform, new RequestReply(settings, await freePort()));
    const logger = new NestLogger(platform.logger);
    const app = await createHttpApp(root, { logger, version: '0.0.0', publicUrls: publicUrls(settings) });
    if (role === 'gateway') mountFaces(app);
    this.processes.push({ app, platform });
    await app.listen(port, '127.0.0.1');
    return `http://localhost:${String(port)}`;
  }
}

async function told(answer: Response): Promise<Told> {
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
  const body = isJson ? (JSON.parse(text) as Told['body']) : {};
  return { status: answer.status, headers: answer.headers, text, body };
}

/** Publishes a set of keys, or whatever a test puts there, and counts who asks. */
export class KeyServer {
  keys: readonly object[] = [];
  readonly asked: string[] = [];
  /** Hangs up on everybody. */
  isAway = false;
  url = '';
  private server: Server | undefined;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (this.isAway) {
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/jwk-set+json' });
      response.end(JSON.stringify({ keys: this.keys }));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
