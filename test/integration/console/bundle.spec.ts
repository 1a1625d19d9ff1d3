import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', 'dist', 'console');
const ASSETS = join(FOLDER, 'assets');
const KB = 1_000;

/** As it travels: the build keeps a compressed copy beside whatever is worth it. */
const travelled = (name: string): number => {
  const path = join(ASSETS, name);
  return statSync(existsSync(`${path}.gz`) ? `${path}.gz` : path).size;
};
const page = (): string => readFileSync(join(FOLDER, 'index.html'), 'utf8');
const named = (ending: string): readonly string[] =>
  [
    ...new Set([...page().matchAll(/(?:src|href)="\.\/assets\/([^"]+)"/g)].map(([, name = '']) => name)),
  ].filter((name) => name.endsWith(ending));
const sum = (names: readonly string[]): number => names.reduce((bytes, name) => bytes + travelled(name), 0);
const scripts = (): readonly string[] => readdirSync(ASSETS).filter((name) => name.endsWith('.js'));

describe('the console as it was built', () => {
  it('is there after little', () => {
    expect(sum(named('.js'))).toBeLessThan(295 * KB);
    expect(sum(named('.css'))).toBeLessThan(42 * KB);
  });

  it('has small screens: what is heavy comes when it is looked at', () => {
    const heavy = scripts()
      .filter((name) => /-page-[\w-]+\.js$/.test(name) && travelled(name) > 40 * KB)
      .map((name) => `${name}: ${String(travelled(name))} bytes`);
    expect(heavy).toEqual([]);
    const largest = Math.max(...scripts().map(travelled));
    expect(largest).toBeLessThan(170 * KB);
  });

  it('makes no code from text, and takes nothing from elsewhere', () => {
    const makers = scripts().filter((name) =>
      /\beval\(|new Function\(/.test(readFileSync(join(ASSETS, name), 'utf8')),
    );
    expect(makers).toEqual([]);
    expect(page()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page()).not.toMatch(/<style|<script>|\son\w+=|\sstyle=/);
  });

  it('keeps to itself how it was made', () => {
    expect(readdirSync(ASSETS).filter((name) => name.endsWith('.map'))).toEqual([]);
  });
});
