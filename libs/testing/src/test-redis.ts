import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { findProgram } from './programs';

export interface TestRedis {
  readonly url: string;
  flush(): Promise<void>;
  /** Ends the server at once; what it held is lost. */
  crash(): Promise<void>;
  /** Starts it again, empty, at the same address. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestRedisOptions {
  /** The only node of a cluster: it refuses commands whose keys could be on different nodes. */
  readonly isCluster?: boolean;
}

const START_TRIES = 3;
const SLOTS = 16_384;

/** False without `redis-server`, and where the run asks for tests without it. */
export const hasRedis = (): boolean =>
  process.env['QUAYSIDE_TEST_REDIS'] !== 'off' && findProgram('redis-server') !== undefined;

/** A Redis of its own that keeps nothing, or undefined where there is none. */
export async function testRedis(options: TestRedisOptions = {}): Promise<TestRedis | undefined> {
  const program = findProgram('redis-server');
  if (!hasRedis() || program === undefined) return undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startRedis(program, options);
    } catch (error) {
      // Another process may have taken the port in between.
      if (attempt >= START_TRIES) throw error;
    }
  }
}

async function startRedis(program: string, { isCluster = false }: TestRedisOptions): Promise<TestRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'quayside-redis-'));
  const server = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
    ...(isCluster ? ['--cluster-enabled', 'yes'] : []),
  ];
  const setpriv = findProgram('setpriv');
  const command = [
    ...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--']),
    program,
    ...server,
  ];
  let { child, ended } = launch(command);
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  void client.connect().catch(() => undefined);
  const crash = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async (): Promise<void> => {
    client.disconnect();
    await crash();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitForAnswer(client, child);
    if (isCluster) await becomeCluster(client);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    crash,
    startAgain: async () => {
      ({ child, ended } = launch(command));
      await waitForAnswer(client, child);
    },
    stop,
    flush: async () => {
      await client.flushall();
    },
  };
}

function launch([program = '', ...args]: readonly string[]): { child: ChildProcess; ended: Promise<void> } {
  const child = spawn(program, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  return { child, ended };
}

/** Asked anew each time: a client that has not noticed the end of a server still calls itself ready. */
async function waitForAnswer(client: Redis, child: ChildProcess): Promise<void> {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  await eventually(async () => {
    if (hasEnded()) return;
    if (client.status !== 'ready') throw new Error('redis-server does not answer.');
    await client.ping();
  });
  if (hasEnded()) throw new Error(`redis-server ended with ${String(child.exitCode ?? child.signalCode)}.`);
}

/** One node that has every slot. */
async function becomeCluster(node: Redis): Promise<void> {
  await node.cluster('ADDSLOTS', ...Array.from({ length: SLOTS }, (_, slot) => slot));
  await eventually(async () => {
    const info = await node.cluster('INFO');
    if (!info.includes('cluster_state:ok')) throw new Error(info);
  });
}
