import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../error-code';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { identityOf, isIdentityAlive } from './process-identity';

/** A first start on a slow machine takes a while; the second process waits for it and then adopts its server. */
const WAIT_MS = 180_000;
const LOOK_EVERY_MS = 100;
/** A lock without a name in it: its owner is between creating and writing it, or died there. */
const UNNAMED_LOOKS = 20;

/** Lets one process at a time start or stop the server of a folder. */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  let unnamed = 0;
  while (!tryLock(path)) {
    const owner = readOwner(path);
    unnamed = owner === '' ? unnamed + 1 : 0;
    if (unnamed > UNNAMED_LOOKS || (owner !== undefined && owner !== '' && !isIdentityAlive(owner)))
      breakLock(path);
    if (performance.now() > deadline)
      throw new EmbeddedPostgresError(
        `Another process (${owner ?? 'unknown'}) has been starting PostgreSQL for too long.`,
      );
    await delay(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, identityOf(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone in the meantime: the next try gets it.
    return undefined;
  }
}

/** Moved aside first: of two processes that find the same dead owner, one moves it and the other one finds nothing. */
function breakLock(path: string): void {
  const aside = `${path}.${String(process.pid)}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  rmSync(aside, { force: true });
}
