import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasProc, isAlive, readProc } from './process-identity';

/** What a running server writes about itself into its data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

const pidFile = (data: string): string => join(data, 'postmaster.pid');

export function readPostmaster(data: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(pidFile(data), 'utf8').split('\n');
  } catch {
    // Not started, or stopped in order.
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/** True when the process is a server of this very data folder: the number alone may belong to anybody by now. */
export function isServerOf(data: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (!hasProc()) return true;
  const [program = '', ...args] = (readProc(pid, 'cmdline') ?? '').split('\0');
  const folder = args[args.indexOf('-D') + 1];
  return /(^|\/)postgres$/.test(program) && folder !== undefined && isSameFolder(folder, data);
}

function isSameFolder(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

export function findRunning(data: string): Postmaster | undefined {
  const postmaster = readPostmaster(data);
  return postmaster !== undefined && isServerOf(data, postmaster.pid) ? postmaster : undefined;
}

/** PostgreSQL refuses to start while the number in an old file belongs to any process of its user, even a foreign one. */
export function removeForeignPidFile(data: string): void {
  const postmaster = readPostmaster(data);
  if (postmaster !== undefined && hasProc() && !isServerOf(data, postmaster.pid))
    rmSync(pidFile(data), { force: true });
}

const LOOK_EVERY_MS = 20;

/** Waits until the process has ended; false when it still runs after the limit. */
export async function hasEnded(pid: number, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

/**
 * INT: in order, without waiting for clients to leave. QUIT: at once, with recovery at the next start. KILL: when even that is
 * not heard; its children notice and end by themselves.
 */
const STOP_STEPS = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

export async function stopServer(pid: number): Promise<void> {
  for (const [signal, limitMs] of STOP_STEPS) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended between two looks.
      return;
    }
    if (await hasEnded(pid, limitMs)) return;
  }
}
