import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/**
 * Tells one process from a later one of the same number: when it began, and in which life of the machine.
 * undefined when there is no such process.
 */
export async function processMark(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return startedSince(pid);
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    const fields = statFields(stat);
    // A zombie is over; only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

/** The fields after the command, which may hold blanks and brackets: the first is the state. */
export const statFields = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Where there is no /proc, `ps` says when a process began. */
function startedSince(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => {
      resolve(error === null && stdout.trim() !== '' ? stdout.trim() : undefined);
    });
  });
}

/** To the whole group, so that children of a child end too. False when nobody is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}
