import { createServer, type Server, Socket } from 'node:net';
import {
  Database,
  DatabaseUnavailableError,
  isDatabaseUnavailable,
  isUniqueViolation,
  prepared,
} from '@app/database';
import { eventually, freePort, type TestDatabase, testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';

describe('Database', () => {
  let test: TestDatabase;
  let db: Database;
  const opened: Database[] = [];
  const open = async (options: Partial<Parameters<typeof Database.open>[0]> = {}): Promise<Database> => {
    const other = await Database.open({ url: test.url, applicationName: 'spec', poolSize: 4, ...options });
    opened.push(other);
    return other;
  };
  const names = async (): Promise<string[]> => {
    const rows = await db.query<{ name: string }>('SELECT name FROM fruit ORDER BY name');
    return rows.map(({ name }) => name);
  };

  beforeAll(async () => {
    test = await testDatabase({ migrations: MIGRATIONS });
    db = test.db;
    await db.execute('CREATE TABLE fruit (name text PRIMARY KEY, count int NOT NULL DEFAULT 0)');
  });
  afterAll(async () => {
    await Promise.all(opened.map((other) => other.close()));
    await test.drop();
  });
  beforeEach(() => db.execute('TRUNCATE fruit'));

  describe('statements that are prepared', () => {
    const ALL = prepared('SELECT * FROM fruit WHERE name <> $1 ORDER BY name');

    it('answer as others do, also when a migration has changed what they answer', async () => {
      const own = await open({ poolSize: 1 });
      await db.execute(`INSERT INTO fruit (name) VALUES ('apple')`);
      for (let round = 0; round < 7; round += 1)
        await expect(own.query(ALL, ['pear'])).resolves.toEqual([{ name: 'apple', count: 0 }]);
      await db.execute(`ALTER TABLE fruit ADD COLUMN colour text`);
      try {
        const told: string[] = [];
        const rows = await own.transaction(async () => {
          own.afterCommit(() => told.push('once'));
          return own.query(ALL, ['pear']);
        });
        expect(rows).toEqual([{ name: 'apple', count: 0, colour: null }]);
        expect(told).toEqual(['once']);
      } finally {
        await db.execute(`ALTER TABLE fruit DROP COLUMN colour`);
      }
    });

    it('are sent anew where the connection has lost them', async () => {
      const own = await open({ poolSize: 1 });
      await own.query(ALL, ['pear']);
      await own.execute('DEALLOCATE ALL');
      await expect(own.query(ALL, ['pear'])).resolves.toEqual([]);
    });
  });

  describe('statements', () => {
    it.each([
      ['INSERT', `INSERT INTO fruit (name) VALUES ('apple') RETURNING name`],
      ['UPDATE', `UPDATE fruit SET count = 1 RETURNING name`],
      ['DELETE', `DELETE FROM fruit RETURNING name`],
      ['WITH … UPDATE', `WITH u AS (UPDATE fruit SET count = 1 RETURNING name) SELECT name FROM u`],
    ])('gives the rows of %s', async (kind, sql) => {
      if (kind !== 'INSERT') await db.execute(`INSERT INTO fruit (name) VALUES ('apple')`);
      await expect(db.query(sql)).resolves.toEqual([{ name: 'apple' }]);
    });

    it('counts the rows that a statement touched', async () => {
      await expect(
        db.execute('INSERT INTO fruit (name) SELECT unnest($1::text[])', [['a', 'b']]),
      ).resolves.toBe(2);
      await expect(db.execute(`UPDATE fruit SET count = 1 WHERE name = 'none'`)).resolves.toBe(0);
    });

    it('recognises a unique violation by its constraint, and keeps parameters out of the error', async () => {
      await db.execute(`INSERT INTO fruit (name) VALUES ('apple')`);
      const error: unknown = await db
        .execute('INSERT INTO fruit (name) VALUES ($1)', ['apple'])
        .catch((caught: unknown) => caught);

      expect(isUniqueViolation(error)).toBe(true);
      expect(isUniqueViolation(error, 'fruit_pkey')).toBe(true);
      expect(isUniqueViolation(error, 'other_key')).toBe(false);
      expect(error).not.toHaveProperty('parameters');
    });

    it('keeps the values of a refused row out of the error', async () => {
      const failing = db.execute('INSERT INTO fruit (name, count) VALUES ($1, NULL)', ['a-private-value']);
      const error: unknown = await failing.catch((caught: unknown) => caught);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('private');
    });

    it('ends a statement that takes too long', async () => {
      const impatient = await open({ statementTimeoutMs: 1_000 });
      await expect(impatient.query('SELECT pg_sleep(30)')).rejects.toBeInstanceOf(DatabaseUnavailableError);
      await expect(impatient.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    });
  });

  describe('transactions', () => {
    it('joins statements and nested calls into one', async () => {
      const failing = db.transaction(async () => {
        await db.execute(`INSERT INTO fruit (name) VALUES ('apple')`);
        await db.transaction(() => db.execute(`INSERT INTO fruit (name) VALUES ('pear')`));
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      await expect(names()).resolves.toEqual([]);
    });

    it('runs statements that were started together one after the other', async () => {
      await db.transaction(() =>
        Promise.all(
          ['a', 'b', 'c'].map((name) => db.execute('INSERT INTO fruit (name) VALUES ($1)', [name])),
        ),
      );
      await expect(names()).resolves.toEqual(['a', 'b', 'c']);
    });

    it('tells what waits for the commit, and only after it', async () => {
      const told: string[] = [];
      await db.transaction(async () => {
        db.afterCommit(() => told.push('committed'));
        await db.execute(`INSERT INTO fruit (name) VALUES ('apple')`);
        expect(told).toEqual([]);
      });
      const failing = db.transaction(() => {
        db.afterCommit(() => told.push('rolled back'));
        return Promise.reject(new Error('no'));
      });
      await expect(failing).rejects.toThrow('no');
      db.afterCommit(() => told.push('at once'));
      expect(told).toEqual(['committed', 'at once']);
    });

    it('refuses work that outlived its transaction', async () => {
      let late: Promise<unknown> = Promise.resolve();
      let letGo = (): void => undefined;
      await db.transaction(async () => {
        const gate = new Promise<void>((resolve) => (letGo = resolve));
        late = gate.then(() => db.query('SELECT 1'));
        await db.ping();
      });
      letGo();
      await expect(late).rejects.toThrow('outlived the transaction');
    });

    it('repeats both of two that deadlock until they have run', async () => {
      await db.execute(`INSERT INTO fruit (name) VALUES ('a'), ('b')`);
      // Each waits for the other's first lock in its first try only: afterwards they may pass one by one.
      const arrived = new Set<string>();
      const meet = async (name: string): Promise<void> => {
        arrived.add(name);
        await eventually(() => {
          if (arrived.size < 2) throw new Error('alone');
        });
      };
      const add = (first: string, second: string): Promise<void> =>
        db.transaction(async () => {
          await db.execute('UPDATE fruit SET count = count + 1 WHERE name = $1', [first]);
          await meet(first);
          await db.execute('UPDATE fruit SET count = count + 1 WHERE name = $1', [second]);
        });
      await Promise.all([add('a', 'b'), add('b', 'a')]);
      await expect(db.query('SELECT count FROM fruit')).resolves.toEqual([{ count: 2 }, { count: 2 }]);
    });

    it('repeats a serialization failure, and loses no update', async () => {
      await db.execute(`INSERT INTO fruit (name) VALUES ('a')`);
      const increment = (): Promise<void> =>
        db.transaction(
          async () => {
            const [row] = await db.query<{ count: number }>(`SELECT count FROM fruit WHERE name = 'a'`);
            await db.execute(`UPDATE fruit SET count = $1 WHERE name = 'a'`, [(row?.count ?? 0) + 1]);
          },
          { isolation: 'REPEATABLE READ' },
        );
      await Promise.all([increment(), increment(), increment()]);
      await expect(db.query('SELECT count FROM fruit')).resolves.toEqual([{ count: 3 }]);
    });
  });

  describe('a role', () => {
    it('is taken on where the database has it, and keeps the product tables closed', async () => {
      const asRole = await open({ role: 'quayside_provisioner' });
      expect(asRole.roleApplied).toBe(true);
      await expect(asRole.query('SELECT current_user AS name')).resolves.toEqual([
        { name: 'quayside_provisioner' },
      ]);
      await expect(asRole.query('DELETE FROM instances')).rejects.toMatchObject({ code: '42501' });
    });

    it('is taken on beside the options that the address brings', async () => {
      const url = new URL(test.url);
      url.searchParams.set('options', '-c work_mem=5MB');
      const asRole = await open({ url: url.href, role: 'quayside_provisioner' });
      expect(asRole.roleApplied).toBe(true);
      await expect(asRole.query('SHOW work_mem')).resolves.toEqual([{ work_mem: '5MB' }]);
    });

    it('falls back to the owner where there is none', async () => {
      const asOwner = await open({ role: 'quayside_unknown' });
      expect(asOwner.roleApplied).toBe(false);
      await asOwner.ping();
    });
  });

  describe('an outage', () => {
    it('has its own name when nothing listens', async () => {
      const url = new URL(test.url);
      url.port = String(await freePort());
      await expect(open({ url: url.href })).rejects.toBeInstanceOf(DatabaseUnavailableError);
    });

    it('ends what is under way, and the next statement works again', async () => {
      const other = await open();
      const [row] = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const transaction = other.transaction(async () => {
        await other.execute(`INSERT INTO fruit (name) VALUES ('lost')`);
        await db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                         WHERE application_name = 'spec' AND datname = current_database()`);
        await other.execute(`INSERT INTO fruit (name) VALUES ('lost too')`);
      });
      await expect(transaction).rejects.toBeInstanceOf(DatabaseUnavailableError);
      const [next] = await eventually(() => other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'));
      expect(next?.pid).not.toBe(row?.pid);
      await expect(names()).resolves.toEqual([]);
    });

    it('refuses more callers than could be answered in time', async () => {
      const narrow = await open({ poolSize: 1, connectTimeoutMs: 30_000 });
      const callers = Array.from({ length: 30 }, () => narrow.query('SELECT pg_sleep(0.01)'));
      const outcomes = await Promise.allSettled(callers);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(9);
      expect(
        refused.every((outcome) => isDatabaseUnavailable((outcome as PromiseRejectedResult).reason)),
      ).toBe(true);
    });

    it('drops a connection to a server that has gone silent', async () => {
      const proxy = await SilenceableProxy.open(test.url);
      const other = await open({ url: proxy.url, poolSize: 1, statementTimeoutMs: 500 });
      proxy.silence();
      await expect(other.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailableError);
      proxy.speak();
      await eventually(() => other.ping());
      await other.close();
      await proxy.close();
    });
  });
});

/** Passes bytes on to the database, or swallows them. */
class SilenceableProxy {
  private readonly sockets = new Set<Socket>();
  private isSilent = false;
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(target: string): Promise<SilenceableProxy> {
    const { port } = new URL(target);
    const server = createServer();
    const url = new URL(target);
    url.port = String(await freePort());
    const proxy = new SilenceableProxy(server, url.href);
    server.on('connection', (socket) => {
      proxy.join(socket, Number(port));
    });
    await new Promise<void>((resolve) => server.listen(Number(url.port), '127.0.0.1', resolve));
    return proxy;
  }

  silence(): void {
    this.isSilent = true;
  }

  speak(): void {
    this.isSilent = false;
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(socket: Socket, port: number): void {
    const upstream = new Socket().connect(port, '127.0.0.1');
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => {
        if (!this.isSilent) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
    }
  }
}
