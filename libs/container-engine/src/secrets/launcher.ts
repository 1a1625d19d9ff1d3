import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Looks for the launcher where a build puts it; undefined where no C compiler was there. */
export function findLauncher(root: string, arch: string = process.arch): string | undefined {
  const places = [
    join(root, 'dist', 'launcher', 'quayside-launcher'),
    join(root, '.cache', 'launcher', arch, 'quayside-launcher'),
  ];
  return places.find((path) => existsSync(path));
}
