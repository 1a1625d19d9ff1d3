import { type Dependency } from './definition';

export interface Graph {
  /** Every stage after those it waits for; shorter than the stages when there is a cycle. */
  readonly order: readonly number[];
  /** The stages of one cycle, in its order; absent when there is none. */
  readonly cycle?: readonly number[];
}

/** Sorts the stages; linear in stages and dependencies, and without recursion. Indexes must be those of stages. */
export function sortGraph(count: number, dependencies: readonly Dependency[]): Graph {
  const next = Array.from({ length: count }, (): number[] => []);
  const waiting = new Array<number>(count).fill(0);
  for (const { from, to } of dependencies) {
    next[from]?.push(to);
    waiting[to] = (waiting[to] ?? 0) + 1;
  }
  const order = [...waiting.keys()].filter((stage) => waiting[stage] === 0);
  // The list grows while it is walked: what becomes free is walked too.
  for (const stage of order) {
    for (const to of next[stage] ?? []) {
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) order.push(to);
    }
  }
  return order.length === count ? { order } : { order, cycle: cycleIn(waiting, dependencies) };
}

/** Who is still waited for waits for another such: walking backwards must come to a stage twice. */
function cycleIn(waiting: readonly number[], dependencies: readonly Dependency[]): readonly number[] {
  const before = new Map<number, number>();
  for (const { from, to } of dependencies)
    if (isLeft(waiting, from) && isLeft(waiting, to)) before.set(to, from);
  const path: number[] = [];
  const places = new Map<number, number>();
  let stage = before.keys().next().value;
  while (stage !== undefined && !places.has(stage)) {
    places.set(stage, path.length);
    path.push(stage);
    stage = before.get(stage);
  }
  return stage === undefined ? [] : path.slice(places.get(stage)).reverse();
}

const isLeft = (waiting: readonly number[], stage: number): boolean => (waiting[stage] ?? 0) > 0;

const BITS = 32;

/** Which stages come before which, as bits: a thousand stages take 125 kB and one pass over the dependencies. */
export class Ancestors {
  private readonly words: number;
  private readonly bits: Uint32Array;

  constructor(count: number, order: readonly number[], dependencies: readonly Dependency[]) {
    this.words = Math.ceil(count / BITS);
    this.bits = new Uint32Array(count * this.words);
    const before = Array.from({ length: count }, (): number[] => []);
    for (const { from, to } of dependencies) before[to]?.push(from);
    for (const stage of order) for (const from of before[stage] ?? []) this.inherit(stage, from);
  }

  /** Whether `earlier` has ended whenever `stage` begins. */
  has(stage: number, earlier: number): boolean {
    return (this.wordOf(stage, earlier) & (1 << (earlier % BITS))) !== 0;
  }

  private inherit(stage: number, from: number): void {
    for (let word = 0; word < this.words; word += 1) {
      const at = stage * this.words + word;
      this.bits[at] = (this.bits[at] ?? 0) | (this.bits[from * this.words + word] ?? 0);
    }
    const own = stage * this.words + Math.floor(from / BITS);
    this.bits[own] = (this.bits[own] ?? 0) | (1 << (from % BITS));
  }

  private wordOf(stage: number, earlier: number): number {
    return this.bits[stage * this.words + Math.floor(earlier / BITS)] ?? 0;
  }
}
