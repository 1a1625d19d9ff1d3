import { missingMigrations, runMigrations, SchemaTooNewError, SchemaTooOldError } from '@app/database';
import { type TestDatabase, testDatabase } from '@app/testing';
import { createLogger } from '@app/telemetry';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { waitForSchema } from '../../../src/app/wait-for-database';

class CreateOne20260101000100 implements MigrationInterface {
  readonly name = 'CreateOne20260101000100';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE one (id int); SELECT pg_sleep(0.2)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE one');
  }
}

class CreateTwo20260101000200 implements MigrationInterface {
  readonly name = 'CreateTwo20260101000200';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE two (id int)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE two');
  }
}

class Fail20260101000300 implements MigrationInterface {
  readonly name = 'Fail20260101000300';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE three (id int); SELECT 1 / 0');
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

describe('runMigrations', () => {
  let test: TestDatabase;
  const tables = async (): Promise<string[]> => {
    const rows = await test.db.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    return rows.map(({ name }) => name).filter((name) => !['migrations', 'typeorm_metadata'].includes(name));
  };

  beforeEach(async () => {
    test = await testDatabase({ migrations: [] });
  });
  afterEach(() => test.drop());

  it('lets processes that race for it all end healthy, and applies each change once', async () => {
    const migrations = [CreateOne20260101000100, CreateTwo20260101000200];
    const answers = await Promise.all([1, 2, 3].map(() => runMigrations({ url: test.url, migrations })));

    expect(answers.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 2]);
    await expect(tables()).resolves.toEqual(['one', 'two']);
  });

  it('runs what comes afterwards each time, with what was migrated', async () => {
    const afterwards = async (query: (sql: string) => Promise<unknown>): Promise<void> => {
      await query('INSERT INTO two VALUES (1)');
    };
    const migrations = [CreateOne20260101000100, CreateTwo20260101000200];
    await runMigrations({ url: test.url, migrations, afterwards });
    await runMigrations({ url: test.url, migrations, afterwards });
    await expect(test.db.query('SELECT count(*)::int AS count FROM two')).resolves.toEqual([{ count: 2 }]);
  });

  it('applies all or nothing', async () => {
    const failing = runMigrations({
      url: test.url,
      migrations: [CreateTwo20260101000200, Fail20260101000300],
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    await expect(tables()).resolves.toEqual([]);

    await runMigrations({ url: test.url, migrations: [CreateTwo20260101000200] });
    await expect(tables()).resolves.toEqual(['two']);
  });

  it('refuses a database that is newer than the program, in a sentence', async () => {
    await runMigrations({ url: test.url, migrations: [CreateOne20260101000100, CreateTwo20260101000200] });
    const older = runMigrations({ url: test.url, migrations: [CreateOne20260101000100] });
    await expect(older).rejects.toBeInstanceOf(SchemaTooNewError);
    await expect(older).rejects.toThrow('changes that this version does not know: CreateTwo20260101000200.');
  });

  it('says what a database lacks, and lets nobody start on it', async () => {
    const migrations = [CreateOne20260101000100, CreateTwo20260101000200];
    const missing = () => missingMigrations({ url: test.url, migrations });
    await expect(missing()).resolves.toEqual(migrations.map(({ name }) => name));
    await runMigrations({ url: test.url, migrations: [CreateOne20260101000100] });
    await expect(missing()).resolves.toEqual([CreateTwo20260101000200.name]);

    const logger = createLogger({ level: 'error', role: 'test' });
    const start = () => waitForSchema(test.url, logger, { migrations, waitMs: 0 });
    await expect(start()).rejects.toBeInstanceOf(SchemaTooOldError);
    await runMigrations({ url: test.url, migrations });
    await expect(start()).resolves.toBeUndefined();
    // A database that is newer lacks nothing: the version before goes on while the next one comes.
    await expect(
      missingMigrations({ url: test.url, migrations: [CreateOne20260101000100] }),
    ).resolves.toEqual([]);
  });
});
