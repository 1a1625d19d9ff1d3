import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type StatsSample } from '../stats-sampler';
import { statFields } from './process-mark';

/** Of the kernel's clock; the same on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const PAGE_BYTES = 4_096;
const NS_PER_S = 1_000_000_000;
/** Positions after the command: process group, user and system time, resident pages. */
const FIELD = { group: 2, userTicks: 11, systemTicks: 12, threads: 17, residentPages: 21 } as const;

/** Everything in the process group, so that children of a server count as its own. */
export async function sampleGroup(group: number, memoryLimitBytes: number): Promise<StatsSample> {
  const totals = { ticks: 0, pages: 0, threads: 0 };
  for (const fields of await groupOf(group)) {
    totals.ticks += Number(fields[FIELD.userTicks]) + Number(fields[FIELD.systemTicks]);
    totals.pages += Number(fields[FIELD.residentPages]);
    totals.threads += Number(fields[FIELD.threads]);
  }
  const cpus = availableParallelism();
  return {
    cpuTotal: (totals.ticks / TICKS_PER_S) * NS_PER_S,
    // What all cores together could have done, as the other engine counts it.
    systemTotal: performance.now() * 1_000_000 * cpus,
    cpus,
    memoryBytes: totals.pages * PAGE_BYTES,
    memoryLimitBytes,
    pids: totals.threads,
  };
}

async function groupOf(group: number): Promise<string[][]> {
  const entries = await readdir('/proc').catch(() => [] as string[]);
  const stats = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      // Ended while the list was read.
      .map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  );
  return stats.map(statFields).filter((fields) => Number(fields[FIELD.group]) === group);
}
