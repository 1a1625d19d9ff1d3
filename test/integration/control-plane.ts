import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Module,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  type EngineHealth,
  type Examination,
  type ExamineReply,
  type ImageReply,
  type InspectReply,
  type LogsReply,
  type ProbesReply,
  type StatsReply,
} from '@app/contracts';
import { Database, Lead } from '@app/database';
import { accessOf, createHttpApp, Cursors } from '@app/http';
import { EventAppender } from '@app/outbox';
import { Inbox, PubSub, type QueueMessage, QueueSet, type Unsubscribe } from '@app/queues';
import { EgressPolicy, Keyring } from '@app/security';
import { NestLogger, createLogger, Metrics, type Principal, requestContext, Scrubber } from '@app/telemetry';
import { testDatabase, type TestDatabase } from '@app/testing';
import { ProvisionerSilentError } from '../../src/app/engine-questions.client';
import { CatalogModule, CatalogOptions, seedBuiltIns } from '../../src/catalog';
import {
  CatalogInstances,
  EngineQuestions,
  InstancesApiModule,
  InstancesModule,
  InstancesOptions,
  InstancesWorkerModule,
} from '../../src/instances';
import { LimitsApiModule } from '../../src/limits';
import { MIGRATIONS } from '../../src/migrations';
import { SecretsApiModule, SecretsOptions } from '../../src/secrets';
import { SettingsApiModule } from '../../src/settings';

/** Notices inside one process, at once. */
export class LocalPubSub extends PubSub {
  private readonly listeners = new Map<string, Set<(payload: string) => void>>();

  override publish(channel: string, payload: string): Promise<void> {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
    return Promise.resolve();
  }

  override subscribe(channel: string, listener: (payload: string) => void): Promise<Unsubscribe> {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
    return Promise.resolve(() => {
      listeners.delete(listener);
      return Promise.resolve();
    });
  }

  override onReconnect(): void {
    // It never loses its connection.
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** An engine that answers what the test wrote down, or not at all. */
export class FakeEngine extends EngineQuestions {
  /** undefined: nobody answers. */
  log: LogsReply | undefined = { lines: [], live: false };
  report: InspectReply | undefined;
  imageReply: ImageReply = { verdict: 'present', detail: 'The engine has the image.' };

  override image(): Promise<ImageReply> {
    return Promise.resolve(this.imageReply);
  }

  /** Of what nobody wrote down, nothing could be asked. */
  readonly examined = new Map<Examination, ExamineReply>();

  override examine(_instanceId: string, what: Examination): Promise<ExamineReply> {
    const nothing = { asked: false, ok: false, detail: 'There is nobody to ask.', facts: {} };
    return Promise.resolve(this.examined.get(what) ?? nothing);
  }

  override logs(): Promise<LogsReply> {
    return this.log === undefined
      ? Promise.reject(new ProvisionerSilentError(new Error('nobody listens')))
      : Promise.resolve(this.log);
  }

  override stats(): Promise<StatsReply> {
    return Promise.resolve({ replicas: [] });
  }

  override probes(): Promise<ProbesReply> {
    return Promise.resolve({ probes: [] });
  }

  override inspect(): Promise<InspectReply> {
    return this.report === undefined
      ? Promise.reject(new Error('nobody listens'))
      : Promise.resolve(this.report);
  }

  override health(): Promise<EngineHealth> {
    return Promise.resolve({
      kind: 'memory',
      ok: true,
      detail: 'in memory',
      since: new Date(0).toISOString(),
    });
  }
}

/** A second workspace, for what must not be seen across the border between two. */
export const OTHER_WORKSPACE_ID = '10000000-0000-4000-8000-000000000002';

/**
 * Who calls, by the word after `Bearer`: `admin`, or a comma-separated list of permissions; in the other workspace with
 * `@other` behind it.
 */
@Injectable()
class TestGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    const [word = '', place] = (headers['authorization'] ?? 'Bearer admin').replace('Bearer ', '').split('@');
    const principal: Principal = {
      id: 'tester',
      kind: 'key',
      name: 'tester',
      role: word === 'admin' ? 'admin' : 'developer',
      permissions: word === 'admin' ? 'all' : new Set(word.split(',')),
      workspaceId: place === 'other' ? OTHER_WORKSPACE_ID : DEFAULT_WORKSPACE_ID,
    };
    requestContext.setPrincipal(principal);
    const access = accessOf({ handler: context.getHandler(), controller: context.getClass() });
    if (access === undefined || access.isPublic) return access !== undefined;
    return access.permissions.every(
      (each) => principal.permissions === 'all' || principal.permissions.has(each),
    );
  }
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: T;
  readonly text: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface ControlPlaneOptions {
  readonly maxInstances?: number;
  readonly localMode?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly masterKey?: string;
  /** Of another start of the same installation, which also drops it. */
  readonly database?: TestDatabase;
  /** Where secrets lie that no instance owns. */
  readonly secretProvider?: string;
  /** Contexts that a test is about, beside those that are always there, and the options that they ask their root for. */
  readonly contexts?: readonly Type[];
  readonly options?: readonly object[];
}

/** Catalogue, instances and secrets behind HTTP on a real database; queues, notices and the engine are doubles. */
export class ControlPlane {
  private ownsDatabase = true;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: TestDatabase,
    readonly engine: FakeEngine,
    /** What was sent to queues. */
    readonly queued: readonly QueueMessage[],
    /** For modules that a test puts together itself. */
    readonly platform: DynamicModule,
  ) {}

  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const database = options.database ?? (await testDatabase({ migrations: MIGRATIONS, poolSize: 10 }));
    await database.db.execute(
      `INSERT INTO workspace (id, name) VALUES ($1, 'other') ON CONFLICT DO NOTHING`,
      [OTHER_WORKSPACE_ID],
    );
    const engine = new FakeEngine();
    const queued: QueueMessage[] = [];
    const platform = platformModule(database.db, engine, queued, options);
    const app = await createHttpApp(apiModule(platform, options.contexts ?? []), {
      logger: new NestLogger(createLogger({ level: 'error', role: 'test' })),
      version: '0.0.0',
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await seedBuiltIns(database.db, app.get(EventAppender), app.get(CatalogOptions));
    const plane = new ControlPlane(app, database, engine, queued, platform);
    plane.ownsDatabase = options.database === undefined;
    return plane;
  }

  get keyring(): Keyring {
    return this.app.get(Keyring);
  }

  get db(): Database {
    return this.database.db;
  }

  async request<T = Record<string, unknown>>(
    method: Method,
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    const response = await this.app.inject({
      method,
      url,
      headers: {
        host: 'localhost',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const isJson = String(response.headers['content-type'] ?? '').includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      body: (isJson ? JSON.parse(response.body) : {}) as T,
      text: response.body,
    };
  }

  /** The worker's parts, not started: a test calls them itself. */
  async worker<T>(part: Type<T>, of: Type = InstancesWorkerModule): Promise<T> {
    const module = await Test.createTestingModule({
      imports: [this.platform, of],
    }).compile();
    return module.get(part, { strict: false });
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
  }
}

const ECHO = { name: 'echo', description: 'Echoes.', envSchema: [] };
const NEEDS_KEY = {
  name: 'needs-key',
  description: 'Needs a key.',
  envSchema: [{ name: 'API_KEY', type: 'string', required: true, secret: true }],
} as const;

@Module({})
class PlatformDoubles {}

@Module({})
class TestApi {}

function platformModule(
  db: Database,
  engine: FakeEngine,
  queued: QueueMessage[],
  o: ControlPlaneOptions,
): DynamicModule {
  const keyring = Keyring.fromSetting(o.masterKey ?? randomBytes(32).toString('base64'));
  const queues = {
    backend: { kind: 'postgres', url: db.url },
    add: (messages: readonly QueueMessage[]) => {
      queued.push(...messages);
      return Promise.resolve();
    },
  };
  const pubsub = new LocalPubSub();
  const providers = [
    { provide: Database, useValue: db },
    { provide: Lead, useValue: new Lead(db, { name: 'worker' }) },
    { provide: QueueSet, useValue: queues },
    { provide: PubSub, useValue: pubsub },
    { provide: EventAppender, useValue: new EventAppender(db) },
    { provide: Inbox, useValue: new Inbox(db) },
    { provide: Keyring, useValue: keyring },
    { provide: Scrubber, useValue: new Scrubber() },
    { provide: Cursors, useValue: new Cursors(keyring) },
    { provide: EgressPolicy, useValue: new EgressPolicy({ localMode: o.localMode ?? false }) },
    { provide: EngineQuestions, useValue: engine },
    {
      provide: SecretsOptions,
      useValue: new SecretsOptions(o.environment ?? {}, new Set(['MASTER_KEY']), 60_000, o.secretProvider),
    },
    { provide: Metrics, useValue: new Metrics() },
    { provide: CatalogOptions, useValue: new CatalogOptions([ECHO, NEEDS_KEY]) },
    {
      provide: InstancesOptions,
      useValue: new InstancesOptions({ bundled: [ECHO, NEEDS_KEY], maxInstances: o.maxInstances ?? 10_000 }),
    },
    ...(o.options ?? []).map((option) => ({ provide: option.constructor, useValue: option })),
  ];
  return { module: PlatformDoubles, global: true, providers, exports: providers };
}

function apiModule(platform: DynamicModule, contexts: readonly Type[]): DynamicModule {
  const imports = [
    platform,
    SecretsApiModule,
    InstancesApiModule,
    LimitsApiModule,
    SettingsApiModule,
    CatalogModule.with({ module: InstancesModule, adapter: CatalogInstances }),
    ...contexts,
  ];
  return { module: TestApi, imports, providers: [{ provide: APP_GUARD, useClass: TestGuard }] };
}
