import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { type Runtime } from './runtime';
import { openForPassage, type ServerUser } from './server-user';
import { asServerUser } from './spawn-options';

export const SUPERUSER = 'quayside';

/** 144 bits, as text that needs no escaping in a URL. */
const PASSWORD_BYTES = 18;
/** Writing and syncing a few hundred files, on a slow disk. */
const INITDB_LIMIT_MS = 180_000;
const LAST_LINES = 10;
const NEW_PREFIX = 'new-';

/** A folder of ours with everything of one database: data, password, port, server log. */
export interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly password: string;
}

export const clusterFolder = (dataDir: string, major: number): string =>
  join(dataDir, `postgres-${String(major)}`);

/** Major versions of the clusters here, the newest first. */
export function existingMajors(dataDir: string): number[] {
  if (!existsSync(dataDir)) return [];
  return readdirSync(dataDir)
    .map((name) => /^postgres-(\d+)$/.exec(name)?.[1])
    .flatMap((major) => (major === undefined ? [] : [Number(major)]))
    .filter((major) => existsSync(join(clusterFolder(dataDir, major), 'data')))
    .sort((a, b) => b - a);
}

export function prepareFolder(dataDir: string, major: number, user: ServerUser | undefined): string {
  const folder = clusterFolder(dataDir, major);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  openForPassage(dataDir, user);
  openForPassage(folder, user);
  return folder;
}

/** The cluster in the folder, made when there is none. */
export async function openCluster(
  folder: string,
  runtime: Runtime,
  user: ServerUser | undefined,
): Promise<Cluster> {
  removeInterrupted(folder);
  const data = join(folder, 'data');
  if (!existsSync(data)) await createData(folder, runtime, user);
  else if (!existsSync(join(data, 'PG_VERSION')))
    throw new EmbeddedPostgresError(
      `${data} is no PostgreSQL data folder and was not made by this program; move it away.`,
    );
  return { folder, data, password: readPassword(folder) };
}

/** A cluster is made under another name and renamed when it is complete: what bears that name is a half-made one of ours. */
function removeInterrupted(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(NEW_PREFIX)) rmSync(join(folder, name), { recursive: true, force: true });
}

async function createData(folder: string, runtime: Runtime, user: ServerUser | undefined): Promise<void> {
  const password = choosePassword(folder);
  const draft = join(folder, `${NEW_PREFIX}data`);
  const passwordFile = join(folder, `${NEW_PREFIX}password`);
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
  try {
    await runInitdb(runtime, user, draft, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, join(folder, 'data'));
  sync(folder);
}

/** C.UTF-8 from PostgreSQL itself where it has it (17): the locales of the machine differ, and may be missing. */
const localeOf = (major: number): string[] =>
  major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C'];

async function runInitdb(
  runtime: Runtime,
  user: ServerUser | undefined,
  data: string,
  passwordFile: string,
): Promise<void> {
  const args = ['-D', data, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8'];
  try {
    await promisify(execFile)(join(runtime.bin, 'initdb'), [...args, ...localeOf(runtime.major)], {
      ...asServerUser(user),
      timeout: INITDB_LIMIT_MS,
    });
  } catch (error) {
    throw new EmbeddedPostgresError(
      'initdb, which makes a new database folder, failed.',
      linesOf(error),
      error,
    );
  }
}

function linesOf(error: unknown): string[] {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  return `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LAST_LINES);
}

const passwordPath = (folder: string): string => join(folder, 'password');

/** On the disk before the database knows it: a database with a password that nobody has would be lost. */
function choosePassword(folder: string): string {
  const path = passwordPath(folder);
  if (existsSync(path)) return readPassword(folder);
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const draft = join(folder, `${NEW_PREFIX}chosen`);
  writeFileSync(draft, password, { mode: 0o600, flush: true });
  renameSync(draft, path);
  sync(folder);
  return password;
}

function readPassword(folder: string): string {
  try {
    return readFileSync(passwordPath(folder), 'utf8').trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The password of the database could not be read from ${passwordPath(folder)}; restore that file from a backup.`,
      [],
      error,
    );
  }
}

/** A rename is only safe from a power cut once its folder is on the disk. */
function sync(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
