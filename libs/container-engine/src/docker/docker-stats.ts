import { type StatsSample } from '../stats-sampler';

/** Above this the engine means "no limit", in one of several spellings. */
const NO_LIMIT_BYTES = 2 ** 53;

/** As engines really answer about a container that ended meanwhile: with almost nothing. */
interface RawStats {
  readonly cpu_stats?: RawCpu;
  readonly memory_stats?: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: { readonly total_inactive_file?: number; readonly inactive_file?: number };
  };
  readonly pids_stats?: { readonly current?: number };
}

interface RawCpu {
  readonly cpu_usage?: { readonly total_usage?: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/** undefined when nothing runs there that could be measured. */
export function sampleOf({
  cpu_stats: cpu = {},
  memory_stats: memory = {},
  pids_stats: pids = {},
}: RawStats): StatsSample | undefined {
  if (memory.usage === undefined && pids.current === undefined) return undefined;
  return { ...cpuOf(cpu), ...memoryOf(memory), pids: pids.current ?? 0 };
}

const cpuOf = ({ cpu_usage: usage, system_cpu_usage: systemTotal = 0, online_cpus: cpus = 1 }: RawCpu) => ({
  cpuTotal: usage?.total_usage ?? 0,
  systemTotal,
  cpus,
});

function memoryOf({ usage = 0, limit = 0, stats = {} }: NonNullable<RawStats['memory_stats']>) {
  // The cache of files is given back on demand: counted, every server that reads files would look full.
  const cache = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  const memoryLimitBytes = limit > 0 && limit < NO_LIMIT_BYTES ? limit : null;
  return { memoryBytes: Math.max(0, usage - cache), memoryLimitBytes };
}
