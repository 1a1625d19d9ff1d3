import { readdirSync, readFileSync } from 'node:fs';

/** The processes of a bundled server: its home, named by its id, is in the environment of each of them. */
export function processesOf(containerId: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => environmentOf(pid).includes(`/${containerId}\0`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1');
  } catch {
    // It ended meanwhile, or it is somebody else's.
    return '';
  }
}
