import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  chmodSync,
  chownSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from '@app/database';
import { eventually } from '@app/testing';
import { Client } from 'pg';
import { type Answer, LauncherProcess, stageLauncher } from './embedded/staged-launcher';

/** First starts copy 60 MB and sync a new database to the disk, which takes what the disk takes. */
jest.setTimeout(180_000);

const isRoot = process.getuid?.() === 0;
/** initdb wants to know the name of its user, so not just any number will do. */
const nobody = (): number =>
  Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1] ?? Number.NaN);

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Row>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const hasEnded = (pid: number): Promise<void> =>
  eventually(() => {
    if (isRunning(pid)) throw new Error(`${String(pid)} still runs`);
  });

describe('the embedded PostgreSQL', () => {
  const base = mkdtempSync(join(tmpdir(), 'quayside-embedded-'));
  let stage = '';
  const processes: LauncherProcess[] = [];
  const servers: EmbeddedPostgres[] = [];

  const launch = (dataDir: string, user?: { uid: number; home: string }): LauncherProcess => {
    const launcher = new LauncherProcess(stage, dataDir, user);
    processes.push(launcher);
    return launcher;
  };
  const start = async (dataDir: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, settings });
    servers.push(server);
    return server;
  };

  beforeAll(() => {
    chmodSync(base, 0o755);
    stage = stageLauncher();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((launcher) => launcher.stop()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  afterAll(() => {
    for (const folder of [base, stage]) rmSync(folder, { recursive: true, force: true });
  });

  const users = [
    ['the user of the tests', undefined],
    ...(isRoot ? [['an ordinary user', { uid: nobody(), home: join(base, 'home') }] as const] : []),
  ] as const;

  describe.each(users)('as %s', (_name, user) => {
    const dataDir = join(base, user === undefined ? 'own' : 'ordinary');
    let first: Answer;

    beforeAll(() => {
      for (const folder of [dataDir, ...(user === undefined ? [] : [user.home])]) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (user !== undefined) chownSync(folder, user.uid, user.uid);
      }
    });

    it('starts on loopback, with a password in a closed file and a locale of its own', async () => {
      const launcher = launch(dataDir, user);
      first = await launcher.answer;
      expect(first).toMatchObject({ adopted: false });
      expect(first.port).toBeGreaterThanOrEqual(20_000);
      expect(first.port).toBeLessThan(32_768);

      const [setting] = await ask(
        first.url,
        `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
                current_setting('ssl') AS ssl, current_setting('server_encoding') AS encoding`,
      );
      expect(setting).toEqual({ addresses: '127.0.0.1', sockets: '', ssl: 'off', encoding: 'UTF8' });
      await ask(first.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');

      const folder = join(dataDir, 'postgres-18');
      expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
      const guess = new URL(first.url);
      guess.password = 'password';
      await expect(ask(guess.href, 'SELECT 1')).rejects.toThrow('password authentication failed');

      await launcher.stop();
      await hasEnded(first.pid);
    });

    it('comes back at the same port with the same data', async () => {
      const again = await launch(dataDir, user).answer;
      expect(again).toMatchObject({ port: first.port, url: first.url, adopted: false });
      await expect(ask(again.url, 'SELECT id FROM kept')).resolves.toEqual([{ id: 1 }]);
    });

    it('is adopted by a second process, which leaves it to the first', async () => {
      const owner = await launch(dataDir, user).answer;
      const guest = launch(dataDir, user);
      await expect(guest.answer).resolves.toEqual({ ...owner, adopted: true });
      await guest.stop();
      await expect(ask(owner.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    });

    it('ends when its process is killed, and starts again', async () => {
      const killed = launch(dataDir, user);
      const { pid } = await killed.answer;
      await killed.kill();
      await hasEnded(pid);
      const next = await launch(dataDir, user).answer;
      await expect(ask(next.url, 'SELECT id FROM kept')).resolves.toEqual([{ id: 1 }]);
    });
  });

  describe('after trouble', () => {
    const dataDir = join(base, 'trouble');

    it('is one server when two processes start it at once, beside that of another folder', async () => {
      const [one, two, other] = await Promise.all([
        launch(dataDir).answer,
        launch(dataDir).answer,
        launch(join(base, 'other')).answer,
      ]);
      expect([one.adopted, two.adopted].sort()).toEqual([false, true]);
      expect(two.pid).toBe(one.pid);
      expect(other.port).not.toBe(one.port);
      await expect(ask(other.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    });

    it('recovers from a crash of the server', async () => {
      const crashed = await start(dataDir);
      await ask(crashed.url, 'CREATE TABLE crashed (id int); INSERT INTO crashed VALUES (1)');
      process.kill(crashed.pid, 'SIGKILL');
      await crashed.ended;
      const next = await start(dataDir);
      expect(next.adopted).toBe(false);
      await expect(ask(next.url, 'SELECT id FROM crashed')).resolves.toEqual([{ id: 1 }]);
    });

    it('does not take another process for its server', async () => {
      // What a crash leaves behind, with a number that belongs to somebody else by now: us.
      const data = join(dataDir, 'postgres-18', 'data');
      writeFileSync(
        join(data, 'postmaster.pid'),
        [process.pid, data, 1, 20_001, '', '127.0.0.1', '', 'ready'].join('\n'),
      );
      const server = await start(dataDir);
      expect(server).toMatchObject({ adopted: false });
      expect(server.pid).not.toBe(process.pid);
    });

    it('moves to another port when its own is taken', async () => {
      const before = await start(dataDir);
      await before.stop();
      const squatter = createServer();
      await new Promise<void>((resolve) => squatter.listen(before.port, '127.0.0.1', resolve));
      const after = await start(dataDir);
      expect(after.port).not.toBe(before.port);
      await new Promise((resolve) => squatter.close(resolve));
    });

    it('says in one sentence and with the last lines of the server why it does not start', async () => {
      const failing = start(dataDir, { shared_buffers: 'plenty' });
      await expect(failing).rejects.toBeInstanceOf(EmbeddedPostgresError);
      await expect(failing).rejects.toThrow(
        /^PostgreSQL ended while it was starting \(exit code 1\)\.\n.*plenty/,
      );
    });

    it('removes a half-made database of its own', async () => {
      const folder = join(base, 'half', 'postgres-18');
      mkdirSync(join(folder, 'new-data', 'base'), { recursive: true });
      const server = await start(join(base, 'half'));
      expect(existsSync(join(folder, 'new-data'))).toBe(false);
      await expect(ask(server.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    });

    it('leaves a data folder alone that it did not make', async () => {
      const data = join(base, 'foreign', 'postgres-18', 'data');
      mkdirSync(data, { recursive: true });
      writeFileSync(join(data, 'diary.txt'), 'precious');
      await expect(start(join(base, 'foreign'))).rejects.toThrow('was not made by this program');
      expect(readFileSync(join(data, 'diary.txt'), 'utf8')).toBe('precious');
    });
  });

  if (isRoot)
    it('names the folder that the server user may not enter', async () => {
      const closed = join(base, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      await expect(start(join(closed, 'data'))).rejects.toThrow(`who may not enter ${closed};`);
    });
});
