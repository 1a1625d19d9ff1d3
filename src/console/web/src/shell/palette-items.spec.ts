import { matching, moved, type PaletteItem } from './palette-items';

const item = (label: string, kind?: string): PaletteItem => ({
  ...{ id: label, label, run: () => undefined },
  ...(kind === undefined ? {} : { kind }),
});
const ITEMS = [item('Instances'), item('Tools'), item('web-search', 'Tool'), item('search-docs', 'Tool')];
const found = (typed: string): readonly string[] => matching(ITEMS, typed).map(({ label }) => label);

describe('the palette', () => {
  it('shows all while nothing is typed, and then what holds every word, the nearest first', () => {
    expect(found('')).toHaveLength(ITEMS.length);
    expect(found('SEARCH')).toEqual(['search-docs', 'web-search']);
    expect(found('tool web')).toEqual(['web-search']);
    expect(found('nothing like it')).toEqual([]);
  });

  it('goes round at both ends, and nowhere without items or by other keys', () => {
    expect([moved('ArrowDown', 2, 3), moved('ArrowUp', 0, 3), moved('Home', 2, 3)]).toEqual([0, 2, 0]);
    expect([moved('End', 0, 3), moved('a', 1, 3), moved('ArrowDown', 0, 0)]).toEqual([
      2,
      undefined,
      undefined,
    ]);
  });
});
