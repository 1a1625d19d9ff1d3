import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { errorCode } from '../error-code';
import { isAlive } from './process-identity';

interface Link {
  /** Both from the root of the package, below `native/`. */
  readonly source: string;
  readonly target: string;
}

/** Written last: a copy without it was interrupted. */
const MARK = 'complete';

export const isComplete = (folder: string): boolean => existsSync(join(folder, MARK));

/**
 * Copies the package's runtime once: the folder of the project may be closed to the server's user, and packages are unpacked
 * without their links where install scripts are off. False when nothing can be written there.
 */
export function copyRuntime(source: string, target: string): boolean {
  if (isComplete(target)) return true;
  const draft = `${target}.draft-${String(process.pid)}`;
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    removeAbandonedDrafts(target);
    cpSync(source, draft, { recursive: true });
    makeLinks(draft);
    makeReachable(draft);
    writeFileSync(join(draft, MARK), '');
    moveIntoPlace(draft, target);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const isRefusal = (error: unknown): boolean => ['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '');

function makeLinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as readonly Link[]) {
    const link = join(root, inside(target));
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), join(root, inside(source))), link);
  }
}

const inside = (path: string): string => path.replace(/^native\//, '');

/** Execute bits are lost on the way through some package stores; the server's user is somebody else than the installer. */
function makeReachable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
}

/** Two processes may have copied at the same time: the first one in place wins, and both copies are the same. */
function moveIntoPlace(draft: string, target: string): void {
  if (!isComplete(target)) rmSync(target, { recursive: true, force: true });
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!isComplete(target)) throw error;
  }
}

function removeAbandonedDrafts(target: string): void {
  const prefix = `${basename(target)}.draft-`;
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    if (!isAlive(Number(name.slice(prefix.length))))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}
