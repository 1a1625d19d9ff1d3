import { readFileSync } from 'node:fs';
import { errorCode } from '../error-code';

/** The content of a file under /proc, or undefined: the process may end between two looks, and other systems have none. */
export function readProc(pid: number, name: 'stat' | 'cmdline'): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

export const hasProc = (): boolean => readProc(process.pid, 'stat') !== undefined;

/** State letter and start time, the 3rd and the 22nd field; the 2nd is a name in brackets that may hold spaces. */
function statOf(pid: number): { state: string; startedAt: string } | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
}

/** Alive, and not just a zombie whose parent has not looked yet. */
export function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  if (stat !== undefined) return stat.state !== 'Z' && stat.state !== 'X';
  if (hasProc()) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** `<pid> <start time>`: a number alone may belong to somebody else after a restart of the machine. */
export const identityOf = (pid: number): string => `${String(pid)} ${statOf(pid)?.startedAt ?? '-'}`;

export function isIdentityAlive(identity: string): boolean {
  const pid = Number(identity.split(' ')[0]);
  return Number.isSafeInteger(pid) && pid > 0 && isAlive(pid) && identityOf(pid) === identity;
}
