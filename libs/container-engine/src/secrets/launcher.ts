import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Looks for the launcher as the build leaves it; undefined where no C compiler was there. */
export function findLauncher(root: string, arch: string = process.arch): string | undefined {
  const path = join(root, '.cache', 'launcher', arch, 'quayside-launcher');
  return existsSync(path) ? path : undefined;
}
