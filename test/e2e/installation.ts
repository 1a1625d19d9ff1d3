import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, inspectDatabase, testDatabase } from '@app/testing';
import { migrateQueueSchema } from '@app/queues';
import { MIGRATIONS } from '../../src/migrations';
import { Api, type InstanceBody } from './api';
import { LogLines } from './log-lines';

export const DIST = process.env['QUAYSIDE_TEST_DIST'] ?? join(__dirname, '..', '..', 'dist');
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 40_000;

export type Role = 'all-in-one' | 'api' | 'gateway' | 'worker' | 'provisioner';
const ROLES_APART: readonly Role[] = ['api', 'gateway', 'worker', 'provisioner'];
const ENTRIES: Record<Role, string> = {
  'all-in-one': 'main.all-in-one.js',
  api: 'main.js',
  gateway: 'main.gateway.js',
  worker: 'main.worker.js',
  provisioner: 'main.provisioner.js',
};

export interface InstallationOptions {
  readonly mode?: 'all-in-one' | 'roles';
  /** unix:// address of a container engine; absent: bundled servers only. */
  readonly engine?: string;
  /** Absent: queues on PostgreSQL. */
  readonly redisUrl?: string;
  /** Absent: a database of its own in the shared test server. */
  readonly databaseUrl?: string;
  /** Its processes join those of another installation: the same database, keys and folder, ports of their own. Stop it first. */
  readonly beside?: Installation;
  readonly env?: Readonly<Record<string, string>>;
  /** On another machine, as far as its network goes. */
  readonly elsewhere?: Elsewhere;
  /** Another build than that of this run. */
  readonly dist?: string;
}

export interface Elsewhere {
  /** The command that runs another one there. */
  inside(command: readonly string[]): readonly string[];
  /** Makes ports of loopback the same here and there. */
  join(ports: { readonly product: readonly number[]; readonly database: number }): Promise<void>;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly ended: Promise<void>;
}

/** The built product as real processes, with a database, a folder and a key of its own. */
export class Installation {
  readonly key: string;
  readonly api: Api;
  private readonly lines = new LogLines();
  readonly log: readonly string[] = this.lines.kept;
  private readonly running = new Map<Role, Running>();
  private readonly dataDir: string;
  private readonly masterKey: string;
  private readonly ports = new Map<Role, number>();
  private requestPort = 0;
  private dropDatabase: () => Promise<void> = () => Promise.resolve();
  private databaseUrl = '';

  private constructor(private readonly options: InstallationOptions) {
    const { beside } = options;
    this.key = beside?.key ?? `test-admin-${randomBytes(24).toString('hex')}`;
    this.masterKey = beside?.masterKey ?? randomBytes(32).toString('base64');
    this.dataDir = beside?.dataDir ?? mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
    this.api = new Api((path) => this.addressOf(path), this.key);
  }

  static async start(options: InstallationOptions = {}): Promise<Installation> {
    const installation = new Installation(options);
    try {
      await installation.prepare();
      await Promise.all(installation.roles().map((role) => installation.startRole(role)));
    } catch (error) {
      await installation.stop();
      throw error;
    }
    return installation;
  }

  get database(): string {
    return this.databaseUrl;
  }

  get folder(): string {
    return this.dataDir;
  }

  roles(): readonly Role[] {
    return this.options.mode === 'roles' ? ROLES_APART : ['all-in-one'];
  }

  port(role: Role): number {
    return this.ports.get(role) ?? 0;
  }

  pid(role: Role): number {
    const pid = this.running.get(role)?.child.pid;
    if (pid === undefined) throw new Error(`${role} does not run.`);
    return pid;
  }

  isRunning(role: Role): boolean {
    const child = this.running.get(role)?.child;
    return child?.exitCode === null && child.signalCode === null;
  }

  /** How a role ended; null while it runs, and when a signal ended it. */
  exitCode(role: Role): number | null {
    return this.running.get(role)?.child.exitCode ?? null;
  }

  /** Starts a role and waits until it is ready. `extraEnv` is for this start only. */
  async startRole(role: Role, extraEnv: Readonly<Record<string, string>> = {}): Promise<void> {
    this.launch(role, extraEnv);
    await this.waitReady(role);
  }

  /** Starts a role without waiting. */
  launch(role: Role, extraEnv: Readonly<Record<string, string>> = {}): void {
    const port = this.port(role);
    const entry = join(this.options.dist ?? DIST, 'src', ENTRIES[role]);
    const command = [process.execPath, entry];
    const [program = '', ...args] = this.options.elsewhere?.inside(command) ?? command;
    const child = spawn(program, args, {
      env: { ...this.environment(port), ...extraEnv },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => {
        resolve();
      }),
    );
    for (const stream of [child.stdout, child.stderr]) this.lines.follow(role, stream);
    this.running.set(role, { child, port, ended });
  }

  async waitReady(role: Role): Promise<void> {
    await eventually(
      async () => {
        if (!this.isRunning(role)) throw new Error(`${role} ended at its start:\n${this.lastLog()}`);
        const response = await fetch(`http://127.0.0.1:${String(this.port(role))}/health/ready`, {
          signal: AbortSignal.timeout(5_000),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${role} is not ready: ${text}`);
      },
      { deadlineMs: START_LIMIT_MS },
    );
  }

  /** Sends a signal and, when it ends the process, waits for that. */
  async kill(role: Role, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.running.get(role);
    running?.child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await running?.ended;
  }

  /** Waits until a role has ended by itself. */
  async ended(role: Role): Promise<void> {
    await this.running.get(role)?.ended;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((role) => this.stopRole(role)));
    await this.dropDatabase();
    if (this.options.databaseUrl !== undefined) await inspectIfThere(this.options.databaseUrl);
    if (this.options.beside === undefined) rmSync(this.dataDir, { recursive: true, force: true });
    this.lines.judge();
  }

  async stopRole(role: Role): Promise<void> {
    const running = this.running.get(role);
    if (running === undefined || !this.isRunning(role)) return;
    running.child.kill('SIGCONT');
    running.child.kill('SIGTERM');
    const limit = setTimeout(() => running.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await running.ended;
    clearTimeout(limit);
  }

  /** The instance once it has the status; fails with its reason and the end of the log when that does not come. */
  async reaches(idOrName: string, status: string, deadlineMs = 60_000): Promise<InstanceBody> {
    return this.settles(idOrName, (instance) => instance.status === status, status, deadlineMs);
  }

  async settles(
    idOrName: string,
    holds: (instance: InstanceBody) => boolean,
    wanted: string,
    deadlineMs = 60_000,
  ): Promise<InstanceBody> {
    return eventually(
      async () => {
        const instance = await this.api.ok<InstanceBody>('GET', `/api/v1/mcp/instances/${idOrName}`);
        if (!holds(instance))
          throw new Error(
            `${idOrName} is ${instance.status} (${instance.reason}), wanted ${wanted}.\n${this.lastLog()}`,
          );
        return instance;
      },
      { deadlineMs, everyMs: 100 },
    );
  }

  /** Waits until the instance answers 404. */
  async vanishes(idOrName: string, deadlineMs = 60_000): Promise<void> {
    await eventually(
      async () => {
        const { status, body } = await this.api.request('GET', `/api/v1/mcp/instances/${idOrName}`);
        if (status !== 404)
          throw new Error(`${idOrName} is still there: ${JSON.stringify(body)}\n${this.lastLog()}`);
      },
      { deadlineMs, everyMs: 100 },
    );
  }

  lastLog(lines = 40): string {
    return this.log.slice(-lines).join('\n');
  }

  private async prepare(): Promise<void> {
    const known = this.options.databaseUrl ?? this.options.beside?.database;
    if (known === undefined) {
      const { db, url, drop } = await testDatabase({
        migrations: MIGRATIONS,
        afterwards: migrateQueueSchema,
      });
      await db.close();
      this.databaseUrl = url;
      this.dropDatabase = drop;
    } else {
      this.databaseUrl = known;
    }
    for (const role of this.roles()) this.ports.set(role, await freePort());
    this.requestPort = await freePort();
    const product = [...this.ports.values()];
    await this.options.elsewhere?.join({ product, database: Number(new URL(this.databaseUrl).port) });
  }

  private addressOf(path: string): string {
    const toGateway =
      /^\/(api\/v1\/)?mcp\/(tools|resources|prompts|endpoints|connect|servers\/status)|^\/mcp($|\?)|^\/(servers|endpoints)\//.test(
        path,
      );
    const role: Role = this.options.mode === 'roles' ? (toGateway ? 'gateway' : 'api') : 'all-in-one';
    return `http://127.0.0.1:${String(this.port(role))}`;
  }

  private environment(port: number): NodeJS.ProcessEnv {
    const { engine, redisUrl, env } = this.options;
    return {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.dataDir,
      NODE_ENV: 'test',
      DATA_DIR: this.dataDir,
      DATABASE_URL: this.databaseUrl,
      MASTER_KEY: this.masterKey,
      API_KEY: this.key,
      SERVER_HOST: '127.0.0.1',
      SERVER_PORT: String(port),
      PROVISIONER_PORT: String(this.requestPort),
      SHUTDOWN_TIMEOUT: '10',
      ...(engine === undefined
        ? { CONTAINER_ENGINE: 'process' }
        : { CONTAINER_ENGINE: 'docker', DOCKER_HOST: engine }),
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      ...env,
    };
  }
}

/** A story may end with its database stopped: then there is nothing to look at. */
async function inspectIfThere(url: string): Promise<void> {
  try {
    await inspectDatabase(url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
  }
}
