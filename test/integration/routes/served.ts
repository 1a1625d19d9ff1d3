import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { buildOpenApi, createHttpApp, mountDocs, routesOf } from '@app/http';
import { migrateQueueSchema } from '@app/queues';
import { freePort, testDatabase, type TestDatabase } from '@app/testing';
import { NestLogger } from '@app/telemetry';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { type Keyring, newApiKey } from '@app/security';
import { openPlatform, type Platform } from '../../../src/app/platform';
import { RequestReply } from '../../../src/app/request-reply';
import { rootModule } from '../../../src/app/root.module';
import { Settings } from '../../../src/app/settings';
import { AuditTrail } from '../../../src/audit';
import { CatalogOptions, seedBuiltIns } from '../../../src/catalog';
import { mountFaces } from '../../../src/gateway';
import { BatchedCallLedger } from '../../../src/gateway/records/batched-call-ledger';
import { mountConsole } from '../../../src/console';
import { AccessTokens } from '../../../src/identity/access-tokens/access-tokens';
import { MIGRATIONS } from '../../../src/migrations';

export type ServingRole = 'api' | 'gateway';
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A line of docs/permissions.md. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly operation: string;
  readonly permissions: readonly string[];
  readonly roles: readonly ServingRole[];
}

const LINE = /^\| ([A-Z]+) \| `([^`]+)` \| (\w+) \| ([^|]+) \| [^|]+ \| (api|gateway|each) \|$/gm;
const PAGE = readFileSync(join(__dirname, '../../../docs/permissions.md'), 'utf8');

export const ROUTES: readonly Route[] = [...PAGE.matchAll(LINE)].map(
  ([, method, path = '', operation = '', asked = '', process]) => ({
    method: method as Method,
    path,
    operation,
    permissions: [...asked.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    roles: process === 'each' ? ['api', 'gateway'] : [process as ServingRole],
  }),
);

export interface Answer {
  readonly status: number;
  readonly requestId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The roots of the roles that serve routes, as the product puts them together, over one real database. */
export class Served {
  readonly key = `test-admin-${randomBytes(24).toString('hex')}`;
  private readonly apps = new Map<ServingRole, NestFastifyApplication>();
  private readonly platforms: Platform[] = [];

  private constructor(readonly database: TestDatabase) {}

  static async start(): Promise<Served> {
    const served = new Served(await testDatabase({ migrations: MIGRATIONS, afterwards: migrateQueueSchema }));
    const masterKey = randomBytes(32).toString('base64');
    for (const role of ['api', 'gateway'] as const) await served.open(role, masterKey);
    return served;
  }

  /** `[method, path]` of each route that the server of a role knows, without the HEAD that belongs to each GET. */
  routes(role: ServingRole): readonly string[] {
    return routesOf(this.app(role))
      .entries()
      .filter(([method]) => method !== 'HEAD')
      .map(([method, path]) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  }

  async request(
    { method, roles }: Pick<Route, 'method' | 'roles'>,
    url: string,
    { key, body }: { key?: string | undefined; body?: object | undefined } = {},
  ): Promise<Answer> {
    const answer = await this.app(roles[0] ?? 'api').inject({
      method,
      url,
      headers: {
        host: 'localhost',
        // Whatever version is there: some routes want to be told.
        'if-match': '*',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const isJson = String(answer.headers['content-type'] ?? '').includes('json');
    return {
      status: answer.statusCode,
      requestId: String(answer.headers['x-request-id']),
      body: isJson ? (JSON.parse(answer.body) as Answer['body']) : {},
    };
  }

  /** The document of what a role serves. */
  document(role: ServingRole): ReturnType<typeof buildOpenApi> {
    return buildOpenApi(this.app(role), { version: '0.0.0' });
  }

  /** Over a socket, as clients come; the address without a path. */
  async listen(role: ServingRole): Promise<string> {
    const app = this.app(role);
    if (role === 'gateway') mountFaces(app);
    await app.listen(0, '127.0.0.1');
    return (await app.getUrl()).replace('[::1]', '127.0.0.1');
  }

  get tokens(): AccessTokens {
    return this.app('api').get(AccessTokens, { strict: false });
  }

  get keyring(): Keyring {
    return this.platform().keyring;
  }

  /** A key of a role in a workspace; without scopes all that the role holds. */
  async issueKey(role: string, about: { scopes?: string[]; workspaceId?: string } = {}): Promise<string> {
    const { id, key, digest } = newApiKey(this.keyring);
    await this.database.db.execute(
      `INSERT INTO api_key (id, name, digest, role, scopes, expires_at, workspace_id) VALUES ($1, $1, $2, $3, $4, NULL, $5)`,
      [id, digest, role, about.scopes ?? [], about.workspaceId ?? DEFAULT_WORKSPACE_ID],
    );
    return key;
  }

  /** A key that is known and may do next to nothing. */
  async weakKey(): Promise<{ id: string; key: string }> {
    const { id, key, digest } = newApiKey(this.platform().keyring);
    await this.database.db.execute(
      `INSERT INTO api_key (id, name, digest, role, scopes, expires_at) VALUES ($1, $1, $2, 'viewer', $3, NULL)`,
      [id, digest, ['health:read']],
    );
    return { id, key };
  }

  /** Rows of the trail, those in memory first. */
  async trail(
    where: string,
    ...parameters: readonly unknown[]
  ): Promise<readonly { action: string; outcome: string }[]> {
    for (const app of this.apps.values()) await app.get(AuditTrail, { strict: false }).flush();
    await this.app('gateway').get(BatchedCallLedger, { strict: false }).flush();
    return this.database.db.query(
      `SELECT action, outcome FROM audit_trail WHERE ${where} ORDER BY at, id`,
      parameters,
    );
  }

  /** What the row of a request is about. */
  async resourceOf(requestId: string, action: string): Promise<string> {
    const [row] = await this.database.db.query<{ resource_id: string }>(
      `SELECT resource_id FROM audit_trail WHERE request_id = $1 AND action = $2`,
      [requestId, action],
    );
    return row?.resource_id ?? 'nothing';
  }

  async stop(): Promise<void> {
    for (const app of this.apps.values()) await app.close();
    for (const platform of this.platforms) await platform.close();
    await this.database.drop();
  }

  private app(role: ServingRole): NestFastifyApplication {
    const app = this.apps.get(role);
    if (app === undefined) throw new Error(`${role} was not started.`);
    return app;
  }

  private platform(): Platform {
    const [platform] = this.platforms;
    if (platform === undefined) throw new Error('Nothing was started.');
    return platform;
  }

  private async open(role: ServingRole, masterKey: string): Promise<void> {
    const settings = Object.assign(new Settings(), {
      DATABASE_URL: this.database.url,
      API_KEY: this.key,
      MASTER_KEY: masterKey,
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
    this.apps.set(role, app);
    if (role === 'api') await mountConsole(app, { folder: 'nowhere', publicUrls: [], version: '0.0.0' });
    if (role === 'api') mountDocs(app, { document: () => buildOpenApi(app, { version: '0.0.0' }) });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    if (role === 'api')
      await seedBuiltIns(platform.database, platform.appender, app.get(CatalogOptions, { strict: false }));
  }
}
