import { type TestDatabase, testDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';
import { Program } from '../program';

/** Guards against hanging: on a busy machine a start takes long. */
jest.setTimeout(300_000);

describe('a start that cannot go well', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await testDatabase({ migrations: MIGRATIONS });
  });
  afterAll(() => test.drop());

  it('E18: names everything that is wrong with the settings in one report, with none of the secrets', async () => {
    const wrong = {
      SERVER_PORT: '80800',
      DATABASE_URL: 'mysql://quayside:hunter2-hunter2@db/quayside',
      REDIS_URL_FILE: '/no/such/file',
      MASTER_KEY: 'too-short-a-key',
      API_KEY: 'your-secret-key',
      METRICS_ENABLED: 'perhaps',
    };
    const { code, lines } = await Program.run('main.js', wrong);
    expect(code).toBe(78);
    expect(lines).toHaveLength(1);
    const { msg } = JSON.parse(lines[0] ?? '') as { msg: string };
    const told = msg.split('\n').slice(1);
    expect(told.map((line) => line.trim().split(':')[0]).sort()).toEqual(
      Object.keys(wrong)
        .map((name) => name.replace(/_FILE$/, ''))
        .sort(),
    );
    expect(msg).not.toMatch(/hunter2|too-short-a-key/);
  });

  it.each(['main.migrate.js', 'main.all-in-one.js'])(
    'E29: an older %s refuses a newer database, and leaves it as it is',
    async (program) => {
      const newest = 'AddWhatComesNext20990101000000';
      await test.db.execute(`INSERT INTO migrations ("timestamp", name) VALUES (20990101000000, $1)`, [
        newest,
      ]);
      try {
        const { code, lines } = await Program.run(program, { DATABASE_URL: test.url });
        expect(code).toBe(78);
        expect(lines.at(-1)).toContain(`changes that this version does not know: ${newest}`);
        const rows = await test.db.query(`SELECT 1 FROM setting WHERE name = 'installation_id'`);
        expect(rows).toEqual([]);
      } finally {
        await test.db.execute('DELETE FROM migrations WHERE name = $1', [newest]);
      }
    },
  );
});
