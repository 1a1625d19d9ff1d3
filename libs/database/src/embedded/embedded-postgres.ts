import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { types } from 'node:util';
import { DomainError } from '@app/kernel';
import { Client } from 'pg';
import { type Cluster, existingMajors, openCluster, prepareFolder, SUPERUSER } from './cluster';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { withFolderLock } from './folder-lock';
import { chooseFreePort } from './ports';
import { findRunning, hasEnded, removeForeignPidFile, stopServer } from './postmaster';
import { identityOf, isIdentityAlive } from './process-identity';
import { findRuntime, type Runtime } from './runtime';
import { PortTakenError, type ServerSettings, startServer } from './server';
import { serverUser, type ServerUser } from './server-user';

export interface EmbeddedPostgresOptions {
  /** The database lives in a folder below, named after PostgreSQL's major version. */
  readonly dataDir: string;
  readonly log?: (line: string) => void;
  /** More server settings, for tests. */
  readonly settings?: ServerSettings;
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** As the server calls itself: 18.4 */
  readonly version: string;
  /** True when the server was running already. */
  readonly adopted: boolean;
  /** Resolves when the server has ended, for whatever reason. Never for an adopted one. */
  readonly ended: Promise<void>;
  /** Ends the server in order, unless it was adopted from a process that still lives and needs it. */
  stop(): Promise<void>;
}

interface State {
  readonly port?: number;
  /** Who started the server: pid and start time. */
  readonly startedBy?: string;
}

const DATABASE = 'quayside';
const PORT_TRIES = 5;
/** How long a server that is found starting or stopping may take to get there. */
const SETTLE_LIMIT_MS = 60_000;
const CONNECT_LIMIT_MS = 10_000;

/** A PostgreSQL of our own, on loopback, with its data in a folder: started, or adopted where it runs already. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const user = serverUser();
    const dataDir = resolve(options.dataDir);
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    const [major] = existingMajors(dataDir);
    if (major === undefined) options.log?.('First start: preparing PostgreSQL …');
    const runtime = findRuntime(realpathSync(dataDir), user, major);
    const folder = prepareFolder(realpathSync(dataDir), runtime.major, user);
    return await withFolderLock(join(folder, 'launcher.lock'), async () => {
      const cluster = await openCluster(folder, runtime, user);
      return (await adopt(cluster, runtime)) ?? (await start(cluster, runtime, user, options.settings ?? {}));
    });
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const reason = types.isNativeError(error) ? error.message : String(error);
    throw new EmbeddedPostgresError(`The embedded PostgreSQL could not be started: ${reason}.`, [], error);
  }
}

async function adopt(cluster: Cluster, runtime: Runtime): Promise<EmbeddedPostgres | undefined> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const running = findRunning(cluster.data);
    if (running === undefined) return undefined;
    if (running.status === 'ready') {
      await ensureDatabase(urlOf(cluster, running.port, 'postgres'));
      return describe(cluster, runtime, { ...running, adopted: true, ended: new Promise(() => undefined) });
    }
    if (performance.now() > deadline)
      throw new EmbeddedPostgresError(
        `The running PostgreSQL (pid ${running.pid}) neither gets ready nor ends.`,
      );
    await hasEnded(running.pid, 100);
  }
}

async function start(
  cluster: Cluster,
  runtime: Runtime,
  user: ServerUser | undefined,
  settings: ServerSettings,
): Promise<EmbeddedPostgres> {
  removeForeignPidFile(cluster.data);
  for (let attempt = 1; ; attempt += 1) {
    const port = await chooseFreePort(attempt === 1 ? readState(cluster).port : undefined);
    try {
      const server = await startServer(runtime, cluster, user, { ...settings, port: String(port) });
      writeState(cluster, { port, startedBy: identityOf(process.pid) });
      await ensureDatabase(urlOf(cluster, port, 'postgres'));
      return describe(cluster, runtime, { ...server, port, adopted: false });
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt >= PORT_TRIES) throw error;
    }
  }
}

type Running = Pick<EmbeddedPostgres, 'pid' | 'port' | 'adopted' | 'ended'>;

function describe(cluster: Cluster, runtime: Runtime, running: Running): EmbeddedPostgres {
  return {
    ...running,
    url: urlOf(cluster, running.port, DATABASE),
    version: runtime.version,
    stop: () =>
      withFolderLock(join(cluster.folder, 'launcher.lock'), async () => {
        if (findRunning(cluster.data)?.pid !== running.pid) return;
        const { startedBy } = readState(cluster);
        if (running.adopted && startedBy !== undefined && isIdentityAlive(startedBy)) return;
        await stopServer(running.pid);
      }),
  };
}

const urlOf = (cluster: Cluster, port: number, database: string): string =>
  `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${String(port)}/${database}`;

/** Also proves that the server is the one our password belongs to. */
async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  // A connection that breaks fails the statement; the event as well would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

const statePath = (cluster: Cluster): string => join(cluster.folder, 'state.json');

/** What is lost with this file is only the port that clients were used to. */
function readState(cluster: Cluster): State {
  try {
    return JSON.parse(readFileSync(statePath(cluster), 'utf8')) as State;
  } catch {
    return {};
  }
}

function writeState(cluster: Cluster, state: State): void {
  const draft = `${statePath(cluster)}.draft`;
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, statePath(cluster));
}
