// Small tools around processes, for everything that the tests start outside Node.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps what only root uses; a user's PATH often lacks it. */
const MORE_PATH = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The full path of a program, or undefined. */
export function findProgram(name) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...MORE_PATH]) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

export const isRoot = () => process.getuid?.() === 0;

/** The environment of everything started here: programs find their helpers, and no setting of Docker leaks in. */
export function cleanEnvironment() {
  const { DOCKER_HOST, DOCKER_CONFIG, DOCKER_CONTEXT, ...rest } = process.env;
  return {
    ...rest,
    PATH: [...new Set([...(process.env.PATH ?? '').split(delimiter), ...MORE_PATH])].join(delimiter),
    LC_ALL: 'C.UTF-8',
  };
}

/** Runs to its end; never reads the standard input, never asks. */
export function run(command, args, { timeoutMs = 60_000, env = {}, cwd } = {}) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...cleanEnvironment(), ...env },
    cwd,
  });
  const words =
    `${result.stderr ?? ''}${result.error === undefined ? '' : `\n${result.error.message}`}`.trim();
  return { ok: result.status === 0, stdout: result.stdout ?? '', words };
}

/** Starts in the background, in a session of its own so that Ctrl-C reaches only the one who cleans up. */
export function start(
  command,
  args,
  { stdout = 'ignore', stderr = stdout, stdin = 'ignore', env = {}, cwd } = {},
) {
  return spawn(command, args, {
    stdio: [stdin, stdout, stderr],
    detached: true,
    env: { ...cleanEnvironment(), ...env },
    cwd,
  });
}

/** Ticks since boot at which a process began: with it a pid means one process for ever. undefined when it is gone. */
export function startTicks(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is gone; only its parent has not looked yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Every process with what is needed to tell whose it is. */
export function processTable() {
  const table = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const pid = Number(entry);
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      table.push({
        pid,
        parent: Number(fields[1]),
        command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      });
    } catch {
      // It ended while the table was read.
    }
  }
  return table;
}

export function namespaceOf(pid, kind) {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}

export function kill(pid, signal = 'SIGKILL') {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is not undefined; undefined when the time is up. */
export async function until(check, withinMs, everyMs = 100) {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await check();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) return undefined;
    await sleep(everyMs);
  }
}
