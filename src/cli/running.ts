import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Field 22 of /proc/<pid>/stat: a pid alone may have been given to another process since. */
export function processStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Two launchers on one folder would start two databases on the same files. */
export class LauncherLock {
  private readonly path: string;

  constructor(dir: string) {
    this.path = join(dir, 'launcher.lock');
  }

  /** The pid of a living launcher that holds the folder, or undefined. */
  holder(): number | undefined {
    if (!existsSync(this.path)) return undefined;
    const [pid, startTime] = readFileSync(this.path, 'utf8').trim().split(' ');
    const number = Number(pid);
    if (!Number.isInteger(number) || number <= 0 || !isAlive(number)) return undefined;
    return startTime === undefined || processStartTime(number) === startTime ? number : undefined;
  }

  /** False when another living launcher has it; the lock of a dead one is taken over. */
  take(): boolean {
    if (this.holder() !== undefined) return false;
    rmSync(this.path, { force: true });
    try {
      const file = openSync(this.path, 'wx', 0o600);
      writeSync(file, `${String(process.pid)} ${processStartTime(process.pid) ?? ''}`.trim());
      closeSync(file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  release(): void {
    if (this.holder() === process.pid) rmSync(this.path, { force: true });
  }
}
