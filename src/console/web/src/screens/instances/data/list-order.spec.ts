import { calm } from '~/live/calm';
import { type Instance } from './instance';
import { fits, listed } from './list-order';

const row = (id: string, more: Partial<Instance> = {}): Instance =>
  ({
    ...{
      id,
      name: id,
      description: '',
      labels: { team: 'a:b', 'x.y/z': '' },
      status: 'running',
      json_spec: { type: 'docker' },
    },
    created_at: `2026-01-01T00:00:0${String(id.charCodeAt(0) % 10)}Z`,
    ...more,
  }) as Instance;
const byId = (rows: readonly Instance[]) => new Map(rows.map((one) => [one.id, one]));
const idOf = ({ id }: Instance): string => id;
const names = (rows: readonly Instance[]): string => rows.map(({ name }) => name).join('');

describe('the list of instances', () => {
  it.each([
    [{}, true],
    [{ q: 'A' }, true],
    [{ q: 'zz' }, false],
    [{ status: 'failed,running' }, true],
    [{ status: 'failed' }, false],
    [{ type: 'url' as const }, false],
    [{ label: ['team:a:b', 'x.y/z', 'x.y/z:'] }, true],
    [{ label: ['team:a'] }, false],
    [{ label: ['team', 'constructor'] }, false],
  ])('filters as the API does: %o', (search, expected) => {
    expect(fits(row('a'), search)).toBe(expected);
  });

  it('has no row that was deleted, and each once', () => {
    expect(names(listed([row('a'), row('b', { status: 'deleted' }), row('a')], {}, 'name'))).toBe('a');
  });

  it('puts what arrives at its place', () => {
    expect(names(listed([row('b'), row('c'), row('a')], {}, 'name'))).toBe('abc');
    expect(names(listed([row('b'), row('c'), row('a')], {}, '-name'))).toBe('cba');
  });

  it('stands still under the pointer: changes show, arrivals wait, pages follow below', () => {
    const before = [row('b'), row('d')];
    const after = [row('a'), row('b', { status: 'failed' }), row('c'), row('d'), row('e')];
    const shown = calm(after, before.map(idOf), idOf, byId(after));
    expect([names(shown.rows), shown.arrivals]).toEqual(['bde', 2]);
    expect(shown.rows[0]?.status).toBe('failed');
    expect(calm(after, undefined, idOf)).toEqual({ rows: after, arrivals: 0 });
  });

  it('keeps a row in its place that no longer fits, until the pointer leaves', () => {
    const all = [row('a'), row('b', { status: 'failed' })];
    const fitting = all.filter((one) => fits(one, { status: 'running' }));
    expect(names(calm(fitting, ['a', 'b'], idOf, byId(all)).rows)).toBe('ab');
  });

  it('is another one under another filter', () => {
    const other = [row('x')];
    expect(calm(other, ['a', 'b'], idOf)).toEqual({ rows: other, arrivals: 0 });
  });
});
