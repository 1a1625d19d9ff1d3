import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { systemPath } from '@app/config';
import { type ServerUser } from './server-user';

interface SpawnAs {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** As the server's user, in a folder that everybody may enter, and without the settings (and secrets) of our environment. */
export function asServerUser(user: ServerUser | undefined): SpawnAs {
  if (process.platform === 'win32') return { cwd: process.cwd() };
  const env = { PATH: systemPath(), LC_ALL: 'C', TZ: 'UTC' };
  return { cwd: '/', env, ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }) };
}

/** Ends the server in order when this process dies, however it dies. Only Linux has it; elsewhere the next start adopts. */
export function diesWithParent(): readonly string[] {
  if (process.platform !== 'linux') return [];
  const found = systemPath()
    .split(delimiter)
    .map((folder) => join(folder, 'setpriv'))
    .find((path) => existsSync(path));
  return found === undefined ? [] : [found, '--pdeathsig', 'INT', '--'];
}
