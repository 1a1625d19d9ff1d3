import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** From src/app in tests, from dist/src/app otherwise. */
const LEVELS_MAX = 4;

function findPackageRoot(): string {
  let folder = __dirname;
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    folder = dirname(folder);
  }
  throw new Error(`There is no package.json above ${__dirname}.`);
}

export const PACKAGE_ROOT = findPackageRoot();
