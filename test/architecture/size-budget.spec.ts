import { basename, dirname } from 'node:path';
import { PRODUCT } from './sources';

const MAX_LINES = 300;
const MEDIAN_LINES = 100;
const VAGUE = new Set(['utils', 'helpers', 'common', 'shared', 'misc', 'interfaces', 'types']);

/** Comments and texts may use the word. */
const code = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'[^'\n]*'|`[^`]*`/g, "''");

describe('the size budget', () => {
  it('keeps every file below its limit', () => {
    const long = PRODUCT.filter(({ text }) => text.split('\n').length > MAX_LINES).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it('keeps files small on the whole', () => {
    const lengths = PRODUCT.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(MEDIAN_LINES);
  });

  it('names folders by what is in them', () => {
    const vague = PRODUCT.filter(({ path }) => VAGUE.has(basename(dirname(path)))).map(({ path }) => path);
    expect(vague).toEqual([]);
  });

  it('has no untyped corner', () => {
    const untyped = PRODUCT.filter(({ text }) =>
      /(: any\b|as any\b|<any>|@ts-(ignore|expect-error|nocheck))/.test(code(text)),
    );
    expect(untyped.map(({ path }) => path)).toEqual([]);
  });
});
