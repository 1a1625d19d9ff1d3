import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster } from './cluster';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { readPostmaster, stopServer } from './postmaster';
import { type Runtime } from './runtime';
import { type ServerUser } from './server-user';
import { asServerUser, diesWithParent } from './spawn-options';

export type ServerSettings = Readonly<Record<string, string>>;

const SETTINGS: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  ssl: 'off',
  password_encryption: 'scram-sha-256',
  max_connections: '200',
  shared_buffers: '64MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
  // A failing statement is reported by who sent it; its text and values are nothing for a file.
  log_min_error_statement: 'panic',
};

/** Recovery after a crash replays what was written since the last checkpoint. */
const START_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 20;
const LOG_MAX_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 8_192;
const TAIL_LINES = 8;

export class PortTakenError extends Error {}

export interface StartedServer {
  readonly pid: number;
  readonly ended: Promise<void>;
}

const logPath = (cluster: Cluster): string => join(cluster.folder, 'server.log');

/** Starts the server and waits until it takes connections. */
export async function startServer(
  runtime: Runtime,
  cluster: Cluster,
  user: ServerUser | undefined,
  settings: ServerSettings & { readonly port: string },
): Promise<StartedServer> {
  const log = openLog(cluster);
  const logStart = fstatSync(log).size;
  const child = launch(runtime, cluster, user, { settings, log });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const pid = await waitUntilReady(child, cluster, logStart);
  return { pid, ended };
}

function launch(
  runtime: Runtime,
  cluster: Cluster,
  user: ServerUser | undefined,
  { settings, log }: { settings: ServerSettings; log: number },
): ChildProcess {
  const options = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const [program = '', ...args] = [
    ...diesWithParent(),
    join(runtime.bin, 'postgres'),
    '-D',
    cluster.data,
    ...options,
  ];
  // A session of its own: Ctrl-C in the terminal must reach us only, we still need the database to end in order.
  const child = spawn(program, args, { ...asServerUser(user), detached: true, stdio: ['ignore', log, log] });
  child.unref();
  return child;
}

async function waitUntilReady(child: ChildProcess, cluster: Cluster, logStart: number): Promise<number> {
  const deadline = performance.now() + START_LIMIT_MS;
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (;;) {
    const ready = readyPid(child, cluster);
    if (ready !== undefined) return ready;
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null)
      throw refusal(child, lastLines(cluster, logStart), failure);
    if (performance.now() > deadline) {
      if (child.pid !== undefined) await stopServer(child.pid);
      throw new EmbeddedPostgresError('PostgreSQL did not get ready in time.', lastLines(cluster, logStart));
    }
    await delay(LOOK_EVERY_MS);
  }
}

function readyPid(child: ChildProcess, cluster: Cluster): number | undefined {
  const postmaster = readPostmaster(cluster.data);
  return postmaster?.status === 'ready' && postmaster.pid === child.pid ? postmaster.pid : undefined;
}

function refusal(child: ChildProcess, lines: string[], cause: Error | undefined): Error {
  if (lines.some((line) => /could not (bind|create any TCP)|Address already in use/i.test(line)))
    return new PortTakenError('The port was taken in between.');
  const how = cause?.message ?? child.signalCode ?? `exit code ${String(child.exitCode)}`;
  return new EmbeddedPostgresError(`PostgreSQL ended while it was starting (${how}).`, lines, cause);
}

/** Kept to two files of limited size; turned at a start only, the server writes into the open file. */
function openLog(cluster: Cluster): number {
  const path = logPath(cluster);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_MAX_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function lastLines(cluster: Cluster, from: number): string[] {
  const file = openSync(logPath(cluster), 'r');
  try {
    const start = Math.max(from, fstatSync(file).size - TAIL_BYTES);
    const buffer = Buffer.alloc(TAIL_BYTES);
    const length = readSync(file, buffer, 0, TAIL_BYTES, start);
    const lines = buffer.toString('utf8', 0, length).split('\n');
    return lines.filter((line) => line.trim() !== '').slice(-TAIL_LINES);
  } finally {
    closeSync(file);
  }
}
