import { listed, shown } from './formats';
import { ageOf, column, tableOf } from './table';

interface Row {
  readonly name: string;
  readonly count: number | null;
}
const COLUMNS = [column<Row>('name', ({ name }) => name), column<Row>('count', ({ count }) => count)];
const ROWS: readonly Row[] = [
  { name: 'a', count: 12 },
  { name: 'long name', count: null },
];

describe('tables', () => {
  it('are aligned, and say where nothing is known', () => {
    expect(tableOf(ROWS, COLUMNS)).toBe(['NAME       COUNT', 'a          12', 'long name  -'].join('\n'));
  });

  it('keep one line per row, and cut what is too long but for the last column', () => {
    const wide = [{ name: `${'x'.repeat(80)}\ny`, count: 1 }];
    const [, line = ''] = tableOf(wide, COLUMNS).split('\n');
    expect(line).toMatch(/^x{47}… {2}1$/);
  });

  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:07Z', '7s'],
    ['2026-01-01T00:00:00Z', '2026-01-01T03:10:00Z', '3h'],
    ['2026-01-01T00:00:10Z', '2026-01-01T00:00:00Z', '0s'],
    [null, '2026-01-01T00:00:00Z', '-'],
  ])('say the age of %s at %s as %s', (at, now, age) => {
    expect(ageOf(at, Date.parse(now))).toBe(age);
  });
});

describe('other formats', () => {
  const listing = { name: ({ name }: Row) => name, columns: COLUMNS };

  it('are for programs', () => {
    expect(JSON.parse(listed('json', ROWS, listing))).toEqual(ROWS);
    expect(listed('yaml', ROWS, listing)).toContain('- name: long name\n  count: null');
    expect(listed('name', ROWS, listing)).toBe('a\nlong name');
    expect(shown('table', {}, () => 'in words')).toBe('in words');
    expect(shown('json', { a: 1 }, () => 'in words')).toBe('{\n  "a": 1\n}');
  });
});
