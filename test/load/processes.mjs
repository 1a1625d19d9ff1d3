// What processes cost, from /proc: memory that is theirs in fairness (PSS), and CPU time.
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;
const KIBIBYTE = 1_024;

export const canMeasure = () => process.platform === 'linux';

/** The process and all that descend from it. */
export function treeOf(root) {
  const children = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = statOf(pid)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const found = [root];
  for (let at = 0; at < found.length; at += 1) found.push(...(children.get(found[at]) ?? []));
  return found;
}

/** Proportional set size: a page that n processes share counts as an n-th of a page for each. */
export const pssOf = (pids) => pids.reduce((sum, pid) => sum + pssOfOne(pid), 0);

/** User and system time, with that of children that ended and were waited for. */
export const cpuMsOf = (pids) => pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuMs ?? 0), 0);

function pssOfOne(pid) {
  const text = readOrNothing(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * KIBIBYTE;
}

function statOf(pid) {
  const text = readOrNothing(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The name in parentheses may hold anything, so counting starts behind it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(fields[1]), cpuMs: ticks * MS_PER_TICK };
}

function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}

const NS_PER_MS = 1e6;

/** CPU time of one process by the scheduler's own count, which is finer than the ticks of `stat`; those where it is not kept. */
export function scheduledMsOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.reduce((sum, thread) => {
    const [own = ''] = readOrNothing(`/proc/${pid}/task/${thread}/schedstat`).split(' ');
    return sum + Number(own);
  }, 0);
  return ns > 0 ? ns / NS_PER_MS : cpuMsOf([pid]);
}
