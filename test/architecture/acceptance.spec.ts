import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources';

/** The checks that the interfaces, operations and clients are accepted by. */
const CHECKS = Array.from({ length: 32 }, (_, at) => `E${String(at + 1)}`);
const SPEC = /\.(?:spec|e2e-spec|long-spec)\.tsx?$/;
/** At the beginning of a title: `E5: …`, `F23, E17: …`. */
const NAMED = /['"`]((?:[A-Z]\d{1,2}, )*[A-Z]\d{1,2}): /g;

function specs(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => SPEC.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}

const shownBy = new Map<string, string[]>();
for (const path of ['libs', 'src', 'test'].flatMap(specs))
  for (const [, names = ''] of readFileSync(join(ROOT, path), 'utf8').matchAll(NAMED))
    for (const name of names.split(', ')) shownBy.set(name, [...(shownBy.get(name) ?? []), path]);

describe('the acceptance checks', () => {
  it.each(CHECKS)('%s is named by the test that shows it', (check) => {
    expect(shownBy.get(check) ?? []).not.toEqual([]);
  });

  it('are all that is named so', () => {
    const known = new Set(CHECKS);
    expect([...shownBy.keys()].filter((name) => name.startsWith('E') && !known.has(name))).toEqual([]);
  });
});
