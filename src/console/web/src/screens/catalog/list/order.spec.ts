import { type Definition } from '../definition';
import { fits, isFiltered, ordered, tagsOf } from './order';

const definition = (name: string, of: Partial<Definition> = {}): Definition =>
  ({
    name,
    description: '',
    tags: [],
    type: 'docker',
    created_at: '2026-01-01T00:00:00Z',
    ...of,
  }) as Definition;

describe('the definitions of the catalogue', () => {
  const files = definition('files', { tags: ['bundled', 'disk'], instances: 2, built_in: true });
  const search = definition('search', { tags: ['web'], description: 'Looks on a DISK', type: 'url' });
  const all = [search, files];

  it('are narrowed by words, tag, kind and source', () => {
    const named = (filter: Parameters<typeof fits>[1]) =>
      all.filter((each) => fits(each, filter)).map(({ name }) => name);
    expect(named({})).toEqual(['search', 'files']);
    expect(named({ q: 'disk' })).toEqual(['search', 'files']);
    expect(named({ tag: 'disk' })).toEqual(['files']);
    expect(named({ tag: 'dis' })).toEqual([]);
    expect(named({ type: 'url' })).toEqual(['search']);
    expect(named({ source: 'built_in' })).toEqual(['files']);
    expect([isFiltered({}), isFiltered({ tag: 'web' })]).toEqual([false, true]);
  });

  it('offer every tag with how many carry it', () => {
    const twice = definition('twice', { tags: ['web', 'web'] });
    expect(tagsOf([...all, twice])).toEqual([
      ['bundled', 1],
      ['disk', 1],
      ['web', 2],
    ]);
  });

  it.each([
    [undefined, ['search', 'files']],
    ['name', ['files', 'search']],
    ['-name', ['search', 'files']],
    ['instances', ['search', 'files']],
    ['-instances', ['files', 'search']],
  ] as const)('stand in the order %s', (sort, expected) => {
    expect(ordered(all, sort).map(({ name }) => name)).toEqual(expected);
  });

  it('are in order when there are ten thousand', () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      definition(`d-${String((at * 7_919) % 10_000).padStart(5, '0')}`, {
        instances: at % 10,
        created_at: new Date(at * 60_000).toISOString(),
      }),
    );
    expect(ordered(many, 'name').map(({ name }) => name)).toEqual(many.map(({ name }) => name).sort());
    const newest = ordered(many, '-created_at');
    expect([newest[0]?.name, newest.at(-1)?.name]).toEqual([many.at(-1)?.name, many[0]?.name]);
    const counts = ordered(many, 'instances').map(({ instances = 0 }) => instances);
    expect(counts.every((count, at) => at === 0 || count >= (counts[at - 1] ?? 0))).toBe(true);
  });
});
