// Where the figures come from: without it they say nothing.
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Above this many busy processes per core before it begins, a run is called noisy. */
const CALM_LOAD_PER_CORE = 0.3;

export function describeMachine() {
  const cores = cpus();
  const load = loadavg()[0];
  const isNoisy = load > CALM_LOAD_PER_CORE * cores.length;
  const model = cores[0]?.model.trim() ?? 'unknown';
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const words = [
    `${cores.length} cores (${model}), ${memoryGib} GiB, ${platform()} ${release()}, Node ${process.versions.node}`,
    `load average at the start ${load.toFixed(2)}${isNoisy ? ': NOISY, trust only the ratios' : ''}`,
    new Date().toISOString(),
  ].join('; ');
  return {
    words,
    cores: cores.length,
    model,
    memory_gib: memoryGib,
    platform: `${platform()} ${release()}`,
    node: process.versions.node,
    load_at_start: load,
    noisy: isNoisy,
    at: new Date().toISOString(),
  };
}
