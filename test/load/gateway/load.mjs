// The near end of the generator, and what the contestant between cost while it ran.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuMsOf, treeOf } from '../processes.mjs';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'generator.mjs');
const KIBIBYTE = 1_024;
/** Beyond its own time; only an order with a number of calls may take as long as the long run does. */
const ORDER_LIMIT_MS = 60_000;
const COUNTED_LIMIT_MS = 15 * 60_000;

export class Load {
  #child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  #waiting = new Map();
  #number = 0;

  constructor() {
    this.#child.on('message', ({ number, value, error }) => {
      const { resolve, reject } = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    });
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the generator ended with ${code}`));
    });
  }

  order(order, about) {
    const number = (this.#number += 1);
    return new Promise((resolve, reject) => {
      const limitMs = about.count === undefined ? ORDER_LIMIT_MS + (about.durationMs ?? 0) : COUNTED_LIMIT_MS;
      const limit = setTimeout(() => reject(new Error(`${order} of ${about.key} took too long`)), limitMs);
      const settled = (settle) => (value) => {
        clearTimeout(limit);
        settle(value);
      };
      this.#waiting.set(number, { resolve: settled(resolve), reject: settled(reject) });
      this.#child.send({ number, order, about });
    });
  }

  stop() {
    this.#child.disconnect();
  }
}

/** The figures of one order, with the CPU time per 1,000 of what it did and the memory of the processes between. */
export async function measured(load, order, about, pid) {
  const pids = pid === undefined ? [] : treeOf(pid);
  const before = cpuMsOf(pids);
  const figures = await load.order(order, about);
  const cpuMs = cpuMsOf(pids) - before;
  return { ...figures, cpuSPer1000: cpuMs / figures.count, rss: rssOf(pids) };
}

export const rssOf = (pids) => pids.reduce((sum, pid) => sum + rssOfOne(pid), 0);

function rssOfOne(pid) {
  try {
    return (
      Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * KIBIBYTE
    );
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
