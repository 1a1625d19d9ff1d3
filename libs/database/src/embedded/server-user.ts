import { readFileSync, statSync, chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** Whom the server runs as. PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'] as const;

/** Undefined: no switch is needed, or the system has none (Windows). */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const entry = entries.find(([entryName]) => entryName === name);
    if (entry !== undefined) return { name, uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody".',
  );
}

const MAY_ENTER_OTHER = 0o001;
const MAY_ENTER_GROUP = 0o010;
const MAY_ENTER_OWNER = 0o100;

function mayEnter(folder: string, user: ServerUser): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === user.uid) return (mode & MAY_ENTER_OWNER) !== 0;
  if (gid === user.gid) return (mode & MAY_ENTER_GROUP) !== 0;
  return (mode & MAY_ENTER_OTHER) !== 0;
}

function ancestorsOf(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [...ancestorsOf(parent), parent];
}

/** The first folder on the way that the server's user cannot enter. */
export function barrierOnTheWayTo(folder: string, user: ServerUser | undefined): string | undefined {
  if (user === undefined) return undefined;
  return [...ancestorsOf(folder), folder].find((step) => !mayEnter(step, user));
}

/** Lets the server pass through a folder of ours (not list it); folders of others stay as they are. */
export function openForPassage(ownFolder: string, user: ServerUser | undefined): void {
  if (user === undefined) return;
  if (!mayEnter(ownFolder, user)) chmodSync(ownFolder, (statSync(ownFolder).mode & 0o7777) | MAY_ENTER_OTHER);
  const barrier = barrierOnTheWayTo(ownFolder, user);
  if (barrier === undefined) return;
  throw new EmbeddedPostgresError(
    `PostgreSQL runs as user "${user.name}" here, who may not enter ${barrier}; choose a data folder elsewhere, such as /var/lib/quayside.`,
  );
}
