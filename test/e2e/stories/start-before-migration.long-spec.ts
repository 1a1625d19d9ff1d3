import { Database } from '@app/database';
import { testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';
import { Program } from '../program';

/** Guards against hanging: on a busy machine a start takes long. */
jest.setTimeout(600_000);

describe('a start before the database is up to date', () => {
  it('waits for the step that migrates, which happens once however many do it at a time', async () => {
    const test = await testDatabase({ migrations: [] });
    const worker = await Program.start('main.worker.js', { DATABASE_URL: test.url });
    try {
      await worker.says('waits for the migration step');
      const steps = await Promise.all(
        [1, 2].map(() => Program.run('main.migrate.js', { DATABASE_URL: test.url })),
      );
      expect(steps.map(({ code }) => code)).toEqual([0, 0]);
      const words = steps.map(({ lines }) => /up to date/.exec(lines.at(-1) ?? '')?.[0]);
      expect(words).toEqual(['up to date', 'up to date']);
      const applied = steps.map(
        ({ lines }) => (JSON.parse(lines.at(-1) ?? '{}') as { applied: string[] }).applied,
      );
      expect(applied.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, MIGRATIONS.length]);
      await worker.says('ready to serve');
      const db = await Database.open({ url: test.url, applicationName: 'start', poolSize: 1 });
      const [row] = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM migrations');
      expect(row?.count).toBe(MIGRATIONS.length);
      await db.close();
    } finally {
      await worker.end();
      await test.drop();
    }
  });
});
