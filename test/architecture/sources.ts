import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

export interface Source {
  readonly path: string;
  readonly text: string;
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.gen.d.ts') ? [path] : [];
  });
}

const read = (folder: string): readonly Source[] =>
  walk(join(ROOT, folder)).map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));

const all = [...read('libs'), ...read('src')];

/** What ships: no specs, no test library. */
export const PRODUCT = all.filter(
  ({ path }) => !path.endsWith('.spec.ts') && !path.startsWith('libs/testing/'),
);
