// G8: what a client does before its first call.
import { perSecond } from '../figures.mjs';
import { measured } from './load.mjs';
import { orderOf } from './stage.mjs';

const AT_ONCE = 16;
const WARM_UP_MS = 1_500;
const NAMES = ['direct', 'nginx', 'lean', 'relay', 'endpoint', 'all'];

export async function benchHandshakes(table, stage, { rounds, roundMs }) {
  const names = await stage.ready(NAMES, 1, table);
  const aboutOf = (name, durationMs) => ({
    target: stage.contestants[name].target,
    atOnce: AT_ONCE,
    durationMs,
  });
  for (const name of names) await stage.load.order('handshakes', aboutOf(name, WARM_UP_MS));
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of orderOf(names, round)) {
      const { pid } = stage.contestants[name];
      runs[name].push(await measured(stage.load, 'handshakes', aboutOf(name, roundMs), pid));
    }
  }
  const ratio = (name) => runs[name].map(({ rate }, round) => rate / runs.nginx[round].rate);
  const rows = names.map((name) => {
    const { rate, p50, p99, cpuSPer1000 } = middleOf(runs[name]);
    return [name, perSecond(rate), cpuSPer1000.toFixed(3), `${p50.toFixed(1)} / ${p99.toFixed(1)}`];
  });
  table.detail(
    'initialize + tools/list, 16 at once',
    ['contestant', 'rate', 'CPU s / 1,000', 'p50 / p99 ms'],
    rows,
  );
  if (names.includes('relay'))
    table.judge('G8', 'relay: initialize + tools/list, rate ÷ nginx', ratio('relay'), {
      atLeast: [0.45, 0.7],
    });
}

/** The round in the middle by its rate. */
const middleOf = (runs) => [...runs].sort((a, b) => a.rate - b.rate)[Math.floor(runs.length / 2)];
