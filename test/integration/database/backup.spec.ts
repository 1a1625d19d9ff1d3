import { dumpDatabase, restoreDatabase } from '@app/database';
import { EventAppender } from '@app/outbox';
import { testDatabase, type TestDatabase } from '@app/testing';
import { MIGRATIONS } from '../../../src/migrations';

const textOf = async (url: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const line of dumpDatabase(url, { mark: 'kept' })) lines.push(line.trimEnd());
  return lines;
};
async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}
/** Rows of a table come in the order in which they lie. */
const sorted = (lines: readonly string[]): readonly string[] => lines.slice(1).sort();

describe('a backup of the database', () => {
  let from: TestDatabase;
  let to: TestDatabase;

  beforeAll(async () => {
    from = await testDatabase({ migrations: MIGRATIONS });
    to = await testDatabase({ migrations: MIGRATIONS });
    const events = new EventAppender(from.db);
    await from.db.transaction(async () => {
      await from.db.execute(
        `INSERT INTO setting (name, value) VALUES ('gateway_max_staleness_s', '12345678901234567890.10'::jsonb)`,
      );
      await events.append(
        [1, 2, 3].map((number) => ({
          ...{ name: 'thing.made', aggregateType: 'things', aggregateId: String(number) },
          ...{ data: { text: 'ü "quoted"\n\u2028 line' }, occurredAt: new Date() },
        })),
      );
    });
  }, 180_000);
  afterAll(async () => {
    await from.drop();
    await to.drop();
  });

  it('comes back as it was, numbers and sequences to the last digit', async () => {
    const before = await textOf(from.url);
    const head = await restoreDatabase({ url: to.url, migrations: MIGRATIONS, lines: linesOf(before) });
    expect(head.extra).toEqual({ mark: 'kept' });
    expect(sorted(await textOf(to.url))).toEqual(sorted(before));
    expect(before.join('\n')).toContain('12345678901234567890.10');
  }, 120_000);

  it('takes the place of what is there', async () => {
    const before = await textOf(from.url);
    await to.db.execute(`INSERT INTO setting (name, value) VALUES ('later', '1')`);
    await restoreDatabase({ url: to.url, migrations: MIGRATIONS, lines: linesOf(before) });
    expect(sorted(await textOf(to.url))).toEqual(sorted(before));
  }, 120_000);

  it('changes nothing when it was cut off, or is of a newer version', async () => {
    const [before, there] = [await textOf(from.url), await textOf(to.url)];
    const restore = (lines: readonly string[]) =>
      restoreDatabase({ url: to.url, migrations: MIGRATIONS, lines: linesOf(lines) });
    await expect(restore(before.slice(0, -1))).rejects.toThrow('cut off');
    await expect(restore([])).rejects.toThrow('no backup');
    const newer = JSON.stringify({ quayside_backup: 1, migrations: ['Later20990101000000'], extra: {} });
    await expect(restore([newer, ...before.slice(1)])).rejects.toThrow('does not know');
    expect(sorted(await textOf(to.url))).toEqual(sorted(there));
  }, 120_000);
});
