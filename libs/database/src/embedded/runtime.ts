import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { systemPath } from '@app/config';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { copyRuntime, isComplete } from './runtime-copy';
import { barrierOnTheWayTo, type ServerUser } from './server-user';

/** Where `postgres` and `initdb` are. */
export interface Runtime {
  readonly bin: string;
  /** As the server calls itself: 18.4 */
  readonly version: string;
  readonly major: number;
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

const OLDEST_MAJOR = 14;
const SYSTEM_FOLDER = '/usr/lib/postgresql';

export const INSTALL_ADVICE =
  'Install PostgreSQL (Debian: apt-get install postgresql; Alpine: apk add postgresql), or start one with ' +
  '"docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=<password> postgres:18" and set DATABASE_URL.';

/**
 * The package of this platform, copied to where the server's user can reach it, else an installed PostgreSQL. A cluster that
 * exists already needs the major version that made it, which may be an older copy.
 */
export function findRuntime(dataDir: string, user: ServerUser | undefined, major?: number): Runtime {
  const fits = (runtime: Runtime | undefined): runtime is Runtime =>
    runtime !== undefined &&
    runtime.major >= OLDEST_MAJOR &&
    (major === undefined || runtime.major === major);
  for (const find of [() => fromPackage(dataDir, user, major), () => fromCopies(dataDir), fromSystem]) {
    const found = [find()].flat().find(fits);
    if (found !== undefined) return found;
  }
  throw new EmbeddedPostgresError(
    major === undefined
      ? `There is no PostgreSQL for this system (${process.platform} ${process.arch}). ${INSTALL_ADVICE}`
      : `The data was written by PostgreSQL ${major}, which is not here any more. ${INSTALL_ADVICE}`,
  );
}

/** Homes of the copy, the best first: one for all installations of this user, else one inside the data folder. */
const copyHomes = (dataDir: string): string[] => [
  process.getuid?.() === 0 ? '/var/lib/quayside' : join(homedir(), '.quayside'),
  dataDir,
];

function fromPackage(dataDir: string, user: ServerUser | undefined, major?: number): Runtime | undefined {
  const source = findPackage();
  if (source === undefined || (major !== undefined && !source.version.startsWith(`${String(major)}.`)))
    return undefined;
  for (const home of copyHomes(dataDir)) {
    const target = join(home, `pg-${source.version}`);
    if (!copyRuntime(source.folder, target) || barrierOnTheWayTo(join(target, 'bin'), user) !== undefined)
      continue;
    // Not every system can run it: musl has another C library.
    return probe(join(target, 'bin'));
  }
  return undefined;
}

function fromCopies(dataDir: string): Runtime[] {
  return copyHomes(dataDir)
    .flatMap((home) =>
      list(home)
        .filter((name) => name.startsWith('pg-'))
        .map((name) => join(home, name)),
    )
    .filter(isComplete)
    .flatMap((folder) => probe(join(folder, 'bin')) ?? []);
}

function fromSystem(): Runtime[] {
  const installed = list(SYSTEM_FOLDER)
    .sort((a, b) => Number(b) - Number(a))
    .map((name) => join(SYSTEM_FOLDER, name, 'bin'));
  const onPath = systemPath()
    .split(delimiter)
    .filter((folder) => folder !== '');
  return [...onPath, ...installed].flatMap((bin) => probe(bin) ?? []);
}

function findPackage(): Package | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch {
    // Optional: npm leaves it out where there is none for the platform.
    return undefined;
  }
}

function probe(bin: string): Runtime | undefined {
  const executable = process.platform === 'win32' ? 'postgres.exe' : 'postgres';
  if (!existsSync(join(bin, executable))) return undefined;
  try {
    const answer = execFileSync(join(bin, executable), ['--version'], { encoding: 'utf8', timeout: 30_000 });
    const version = /(\d+)(\.\d+)?/.exec(answer)?.[0];
    return version === undefined ? undefined : { bin, version, major: Number.parseInt(version, 10) };
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
