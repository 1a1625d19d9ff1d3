import { randomBytes, randomUUID } from 'node:crypto';
import { Global, Module, type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CHANNELS, type InstanceSpec, type UpstreamReport } from '@app/contracts';
import { Database, isDatabaseUnavailable, PgNotifications } from '@app/database';
import { createHttpApp, Cursors } from '@app/http';
import { EventAppender } from '@app/outbox';
import { PostgresPubSub, PubSub } from '@app/queues';
import { bridgeToken, EgressPolicy, Keyring, newApiKey } from '@app/security';
import { createLogger, Metrics, NestLogger, Scrubber } from '@app/telemetry';
import { testDatabase, type TestDatabase } from '@app/testing';
import { AuditModule, AuditTrail } from '../../../src/audit';
import { GatewayModule, GatewayOptions, mountFaces } from '../../../src/gateway';
import { BatchedCallLedger } from '../../../src/gateway/records/batched-call-ledger';
import { IdentityModule, IdentityOptions } from '../../../src/identity';
import { MIGRATIONS } from '../../../src/migrations';
import { type HealthIndicator, HealthModule, HealthOptions, MetricsModule } from '../../../src/observability';
import { SecretsModule, SecretsOptions } from '../../../src/secrets';
import { Cuttable } from './cuttable';

/** Outages are what these tests make; their log lines would hide the one that matters. */
const NOWHERE = { write: () => undefined };
export const BOOTSTRAP_KEY = 'bootstrap-key-of-the-tests-0123456789';
const STATEMENT_TIMEOUT_MS = 60_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface InstanceRow {
  readonly name: string;
  readonly spec?: InstanceSpec;
  readonly upstream?: UpstreamReport | null;
  readonly phase?: string;
  readonly desired?: 'running' | 'stopped';
}

/** Identity, audit, health and gateway behind HTTP on a real database, over a line that can be cut. */
export class World {
  private constructor(
    readonly app: NestFastifyApplication,
    /** Not over the line: a test sees the truth while the product does not. */
    readonly truth: TestDatabase,
    readonly line: Cuttable,
    readonly keyring: Keyring,
    private readonly close: () => Promise<void>,
  ) {}

  static async start(
    controllers: readonly Type[] = [],
    environment: Record<string, string> = {},
  ): Promise<World> {
    const truth = await testDatabase({ migrations: MIGRATIONS });
    const { line, url } = await Cuttable.to(truth.url);
    const db = await Database.open({
      url,
      applicationName: 'world',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    const notifications = new PgNotifications(url);
    await notifications.start();
    const pubsub = new PostgresPubSub(notifications);
    const keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
    const closeStores = async (): Promise<void> => {
      await pubsub.close();
      await db.close();
    };
    try {
      const metrics = new Metrics();
      const app = await openApp(rootOf({ db, pubsub, keyring, environment, metrics }, controllers), metrics);
      return new World(app, truth, line, keyring, () => app.close().finally(closeStores));
    } catch (error) {
      // A start that a test wants to fail must leave nothing open either.
      await closeStores();
      await line.end();
      await truth.drop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.line.mend();
    await this.close();
    await this.line.end();
    await this.truth.drop();
  }

  async request(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    headers: object = {},
  ): Promise<Answer> {
    const answer = await this.app.inject({
      ...{ method, url },
      headers: {
        ...{ host: 'localhost', authorization: `Bearer ${BOOTSTRAP_KEY}` },
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const isJson = String(answer.headers['content-type'] ?? '').includes('json');
    const parsed = isJson ? (JSON.parse(answer.body) as Answer['body']) : {};
    return { status: answer.statusCode, headers: answer.headers, body: parsed };
  }

  get(url: string, headers: object = {}): Promise<Answer> {
    return this.request('GET', url, undefined, headers);
  }

  /** A key as an administrator would issue it. */
  async issueKey(
    role: string,
    about: { scopes?: string[]; expiresAt?: Date } = {},
  ): Promise<{ id: string; key: string }> {
    const { id, key, digest } = newApiKey(this.keyring);
    await this.truth.db.execute(
      `INSERT INTO api_key (id, name, digest, role, scopes, expires_at) VALUES ($1, $1, $2, $3, $4, $5)`,
      [id, digest, role, about.scopes ?? [], about.expiresAt ?? null],
    );
    return { id, key };
  }

  /** What command and projector would have written, without the notice that would follow. */
  async instance({
    name,
    spec,
    upstream = null,
    phase = 'running',
    desired = 'running',
  }: InstanceRow): Promise<string> {
    const id = randomUUID();
    await this.truth.db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation) VALUES ($1, $2, $3::jsonb, $4, 1)`,
      [id, name, JSON.stringify(spec ?? { type: 'stdio', command: 'everything' }), desired],
    );
    await this.truth.db.execute(
      `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, upstream)
       VALUES ($1, 1, 1, $2, 'As the test wants it.', now(), now(), $3::jsonb)`,
      [id, phase, upstream === null ? null : JSON.stringify(upstream)],
    );
    return id;
  }

  async report(id: string, phase: string, upstream: UpstreamReport | null): Promise<void> {
    await this.truth.db.execute(
      `UPDATE instance_status SET sequence = sequence + 1, phase = $2, upstream = $3::jsonb, reported_at = now() WHERE instance_id = $1`,
      [id, phase, upstream === null ? null : JSON.stringify(upstream)],
    );
    // A hint, as everywhere: while the line is not back, the gateway reads again as soon as it is.
    await this.app
      .get(PubSub)
      .publish(CHANNELS.instances, id)
      .catch((error: unknown) => {
        if (!isDatabaseUnavailable(error)) throw error;
      });
  }

  bridgeToken(): string {
    return bridgeToken(this.keyring);
  }

  /** Rows of the trail, flushed first. */
  async trail(action: string): Promise<readonly Record<string, unknown>[]> {
    await this.app.get(AuditTrail, { strict: false }).flush();
    await this.app.get(BatchedCallLedger, { strict: false }).flush();
    return this.truth.db.query(`SELECT * FROM audit_trail WHERE action = $1 ORDER BY at, id`, [action]);
  }
}

async function openApp(root: Type, metrics: Metrics): Promise<NestFastifyApplication> {
  const logger = new NestLogger(createLogger({ level: 'error', role: 'test', destination: NOWHERE }));
  const app = await createHttpApp(root, { logger, version: '0.0.0', metrics });
  mountFaces(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

interface Parts {
  readonly db: Database;
  readonly pubsub: PubSub;
  readonly keyring: Keyring;
  readonly environment: Record<string, string>;
  readonly metrics: Metrics;
}

function rootOf({ db, pubsub, keyring, environment, metrics }: Parts, controllers: readonly Type[]): Type {
  const database: HealthIndicator = {
    name: 'database',
    requiredFor: 'info',
    check: async () => {
      await db.ping();
      return { ok: true, detail: 'It answers.', mode: 'external' };
    },
  };
  const modes = () => ({ database: 'external', queue: 'PostgreSQL', engine: 'memory' }) as const;
  const providers = [
    { provide: Database, useValue: db },
    { provide: PubSub, useValue: pubsub },
    { provide: EventAppender, useValue: new EventAppender(db) },
    { provide: Keyring, useValue: keyring },
    { provide: Scrubber, useValue: new Scrubber() },
    { provide: Metrics, useValue: metrics },
    { provide: Cursors, useValue: new Cursors(keyring) },
    { provide: EgressPolicy, useValue: new EgressPolicy({ localMode: true }) },
    { provide: IdentityOptions, useValue: new IdentityOptions(BOOTSTRAP_KEY) },
    { provide: SecretsOptions, useValue: new SecretsOptions(environment, new Set(['API_KEY'])) },
    { provide: GatewayOptions, useValue: new GatewayOptions('http://localhost:8080') },
    {
      provide: HealthOptions,
      useValue: new HealthOptions('gateway', '0.0.0', [database], modes, () => ['Test.']),
    },
  ];
  @Global()
  @Module({ providers, exports: providers })
  class Platform {}
  @Module({
    imports: [
      Platform,
      SecretsModule,
      AuditModule,
      IdentityModule,
      HealthModule,
      MetricsModule,
      GatewayModule,
    ],
    controllers: [...controllers],
  })
  class Root {}
  return Root;
}
