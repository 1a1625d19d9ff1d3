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
  stop(): Promise<void>;
}

const START_TRIES = 3;

/** False without `redis-server`, and where the run asks for tests without it. */
export const hasRedis = (): boolean =>
  process.env['QUAYSIDE_TEST_REDIS'] !== 'off' && findProgram('redis-server') !== undefined;

/** A Redis of its own that keeps nothing, or undefined where there is none. */
export async function testRedis(): Promise<TestRedis | undefined> {
  const program = findProgram('redis-server');
  if (!hasRedis() || program === undefined) return undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startRedis(program);
    } catch (error) {
      // Another process may have taken the port in between.
      if (attempt >= START_TRIES) throw error;
    }
  }
}

async function startRedis(program: string): Promise<TestRedis> {
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
  ];
  const setpriv = findProgram('setpriv');
  const command = [
    ...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--']),
    program,
    ...server,
  ];
  const child = spawn(command[0] ?? program, command.slice(1), { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    client.disconnect();
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitForAnswer(client, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    stop,
    flush: async () => {
      await client.flushall();
    },
  };
}

async function waitForAnswer(client: Redis, child: ChildProcess): Promise<void> {
  void client.connect().catch(() => undefined);
  await eventually(() => {
    if (child.exitCode === null && client.status !== 'ready')
      throw new Error('redis-server does not answer.');
  });
  if (child.exitCode !== null) throw new Error(`redis-server ended with ${String(child.exitCode)}.`);
}
