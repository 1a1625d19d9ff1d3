import { ArrayColumn, arrayOf, type ColumnType, FLOAT4, INT4, TEXT, TIMESTAMPTZ, UUID } from '@app/database';
import { newId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/testing';

function columnOf<T>(type: ColumnType<T>, values: readonly (T | null)[]): ArrayColumn<T> {
  const column = new ArrayColumn(type);
  for (const value of values) column.add(value);
  return column;
}

const written = <T>(type: ColumnType<T>, values: readonly (T | null)[]): Buffer =>
  arrayOf(type, [columnOf(type, values)]);

describe('columns in binary', () => {
  let test: TestDatabase;
  /** What the database understands, each as the text it would print. */
  const understood = async (type: string, values: Buffer): Promise<(string | null)[]> => {
    const rows = await test.db.query<{ each: string | null }>(
      `SELECT each::text FROM unnest($1::${type}[]) WITH ORDINALITY AS list (each, nth) ORDER BY nth`,
      [values],
    );
    return rows.map(({ each }) => each);
  };

  beforeAll(async () => {
    test = await testDatabase({ migrations: [] });
    await test.db.execute(`SET TIME ZONE 'UTC'`);
  });
  afterAll(() => test.drop());

  it('hold whole and broken numbers of either sign, and none', async () => {
    expect(await understood('integer', written(INT4, [0, -1, 2_147_483_647, null, -2_147_483_648]))).toEqual([
      '0',
      '-1',
      '2147483647',
      null,
      '-2147483648',
    ]);
    expect(await understood('real', written(FLOAT4, [1.25, -0.001, null, 0]))).toEqual([
      '1.25',
      '-0.001',
      null,
      '0',
    ]);
  });

  it('hold moments to the microsecond, before and after the one from which they are counted', async () => {
    const moments = ['1969-07-20T20:17:40.123Z', '2000-01-01T00:00:00.000Z', '2026-11-23T01:02:03.456Z'];
    const ms = moments.map((moment) => Date.parse(moment));
    const text = await understood('timestamptz', written(TIMESTAMPTZ, [...ms, null, 1_795_395_600_000.25]));
    expect(text.slice(0, 3).map((moment) => new Date(moment ?? '').toISOString())).toEqual(moments);
    expect(text[3]).toBeNull();
    expect(text[4]).toMatch(/\.00025\+00$/);
  });

  it('hold ids however they are written, and refuse what is none', async () => {
    const id = newId();
    expect(await understood('uuid', written(UUID, [id, null, id.toUpperCase()]))).toEqual([id, null, id]);
    for (const wrong of ['', id.slice(1), `${id}0`, id.replace(/.$/, 'g'), id.replace(/^./, 'é')])
      expect(() => written(UUID, [wrong])).toThrow(RangeError);
  });

  it('hold any text, also what no column would take', async () => {
    const texts = ['', 'plain', '{"a":[1,2]}', 'Ünïcode ✓ 🚢', `quote " back\\slash`, null];
    expect(await understood('text', written(TEXT, texts))).toEqual(texts);
    expect(await understood('text', written(TEXT, ['a\0b', 'half \ud83d']))).toEqual([
      'a\uFFFDb',
      'half \uFFFD',
    ]);
  });

  it('may be empty', async () => {
    for (const [type, list] of Object.entries({
      text: written(TEXT, []),
      uuid: written(UUID, []),
      integer: written(INT4, []),
    }))
      expect(await understood(type, list)).toEqual([]);
  });

  it('become one list, in their order, and can be divided wherever a row ends', async () => {
    const texts = ['one', null, 'zwölf', '', 'x'.repeat(9_000)];
    const first = columnOf(TEXT, texts);
    const rest = first.cut(2);
    rest.add('more');
    expect([first.count, rest.count]).toEqual([2, 4]);
    expect(await understood('text', arrayOf(TEXT, [first]))).toEqual(texts.slice(0, 2));
    expect(await understood('text', arrayOf(TEXT, [rest, first]))).toEqual([
      ...[...texts.slice(2), 'more'],
      ...texts.slice(0, 2),
    ]);
  });

  it('hold nothing of a value that they refused', async () => {
    const ids = [newId(), newId()];
    const column = columnOf(UUID, ids.slice(0, 1));
    expect(() => {
      column.add('none');
    }).toThrow(RangeError);
    column.add(ids[1] ?? null);
    expect(await understood('uuid', arrayOf(UUID, [column]))).toEqual(ids);
  });
});
