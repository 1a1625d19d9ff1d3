import { type ContainerStats } from './container-engine';

/** One look at the counters of a container. */
export interface StatsSample {
  readonly cpuTotal: number;
  readonly systemTotal: number;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number | null;
  readonly pids: number;
}

export function statsBetween(before: StatsSample, after: StatsSample): ContainerStats {
  const used = after.cpuTotal - before.cpuTotal;
  const passed = after.systemTotal - before.systemTotal;
  const { memoryBytes, memoryLimitBytes, pids } = after;
  const cpuPercent = passed > 0 && used > 0 ? (used / passed) * after.cpus * 100 : 0;
  return { cpuPercent: Math.round(cpuPercent * 10) / 10, memoryBytes, memoryLimitBytes, pids };
}

/** Of so many containers the last sample is kept; of the others, two are taken. */
const MAX_SAMPLES = 1_000;
/** A sample that is older tells about another time. */
const SAMPLE_KEPT_MS = 60_000;
const BETWEEN_SAMPLES_MS = 250;

/** CPU is a difference: of the last look where there is one, else of two looks in a short time. */
export class StatsSampler {
  readonly #samples = new Map<string, { readonly sample: StatsSample; readonly atMs: number }>();

  async stats(id: string, take: () => Promise<StatsSample>): Promise<ContainerStats> {
    const known = this.#samples.get(id);
    const isUsable =
      known !== undefined && between(performance.now() - known.atMs, BETWEEN_SAMPLES_MS, SAMPLE_KEPT_MS);
    const before = isUsable ? known.sample : await take();
    if (!isUsable) await new Promise((resolve) => setTimeout(resolve, BETWEEN_SAMPLES_MS));
    const after = await take();
    this.#keep(id, after);
    return statsBetween(before, after);
  }

  forget(id: string): void {
    this.#samples.delete(id);
  }

  #keep(id: string, sample: StatsSample): void {
    this.#samples.delete(id);
    this.#samples.set(id, { sample, atMs: performance.now() });
    const oldest = this.#samples.size > MAX_SAMPLES ? this.#samples.keys().next().value : undefined;
    if (oldest !== undefined) this.#samples.delete(oldest);
  }
}

const between = (value: number, low: number, high: number): boolean => value >= low && value <= high;
