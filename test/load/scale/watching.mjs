// What it costs the relay to be watched: a call while calls are counted and spans are collected, against one in the same process
// while they are not.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorOfMedian, goal, median, times } from '../figures.mjs';
import { startProgram } from '../gateway/children.mjs';
import { Gateway } from '../gateway/gateway.mjs';
import { Load } from '../gateway/load.mjs';
import { scheduledMsOf } from '../processes.mjs';

const SESSIONS = 16;
const SMALL = 16;
const WARM_UP_CALLS = 20_000;
const CALLS = 10_000;
const ROUNDS = 15;
/** What was gathered is sent within a second: it belongs to the calls before it. */
const SENT_WITHIN_MS = 1_500;
const SWITCHED_WITHIN_MS = 100;
const US_PER_MS = 1_000;
const MOST = 1.05;
const SWITCH = join(import.meta.dirname, 'unwatched.cjs');

/** As it is with the address of a collector and nothing else, then with what may be said of it. */
const WAYS = [
  { way: 'given', what: 'counted, spans as they are given', most: MOST },
  {
    way: 'tenth',
    what: 'counted, a tenth of the traces',
    sampler: 'parentbased_traceidratio',
    argument: '0.1',
  },
  { way: 'all', what: 'counted, every trace', sampler: 'parentbased_always_on' },
];

export async function benchWatching(report, { serverUrl, dist }) {
  const started = [];
  const starting = async (each) => {
    started.push(await each);
    return started.at(-1);
  };
  try {
    const upstream = await starting(startProgram('echo-upstream.mjs', 'older'));
    const sink = await starting(startProgram('span-sink.mjs'));
    const load = await starting(new Load());
    for (const { way, what, most, sampler, argument } of WAYS) {
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
        ...(sampler === undefined ? {} : { OTEL_TRACES_SAMPLER: sampler }),
        ...(argument === undefined ? {} : { OTEL_TRACES_SAMPLER_ARG: argument }),
      };
      const gateway = await Gateway.start({ serverUrl, dist, env, preload: [SWITCH] });
      try {
        await gateway.addServer('cost', upstream.port, 'older');
        const target = gateway.target('/servers/cost/mcp', 'older');
        await load.order('open', { key: way, target, sessions: SESSIONS });
        await load.order('calls', {
          key: way,
          sessions: SESSIONS,
          payloadBytes: SMALL,
          count: WARM_UP_CALLS,
        });
        tell(report, { what, most, rounds: await inTurns(load, way, gateway.pid) });
        await load.order('close', { key: way });
      } finally {
        await gateway.stop();
      }
    }
  } finally {
    for (const each of started.reverse()) await each.stop();
  }
}

/** Each round with and without, and the next the other way round. */
async function inTurns(load, key, pid) {
  const rounds = [];
  let isWatched = true;
  for (let round = 0; round < ROUNDS; round += 1) {
    const cost = {};
    for (const side of round % 2 === 0 ? ['watched', 'unwatched'] : ['unwatched', 'watched']) {
      if (isWatched !== (side === 'watched')) {
        process.kill(pid, 'SIGUSR2');
        isWatched = !isWatched;
        await delay(SWITCHED_WITHIN_MS);
      }
      cost[side] = await costOf(load, key, pid);
    }
    rounds.push(cost);
  }
  return rounds;
}

/** CPU time of a call, in microseconds. */
async function costOf(load, key, pid) {
  const before = scheduledMsOf(pid);
  await load.order('calls', { key, sessions: SESSIONS, payloadBytes: SMALL, count: CALLS });
  await delay(SENT_WITHIN_MS);
  return ((scheduledMsOf(pid) - before) / CALLS) * US_PER_MS;
}

function tell(report, { what, most, rounds }) {
  const us = (side) => `${median(rounds.map((cost) => cost[side])).toFixed(1)} µs`;
  const ratios = rounds.map(({ watched, unwatched }) => watched / unwatched);
  const ratio = median(ratios);
  report.add({
    id: 'S3',
    what: `CPU of a relayed call: ${what}`,
    figure: `${times(ratio)} ± ${errorOfMedian(ratios).toFixed(2)} (${us('unwatched')} → ${us('watched')})`,
    ...(most === undefined ? {} : { goal: goal(`≤ ${most} ×`, ratio, { atMost: most }) }),
    data: { rounds },
  });
}
