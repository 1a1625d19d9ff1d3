// What a call costs on our relay while its spans are collected, against what it costs without, in CPU time of the gateway.
//   QUAYSIDE_TEST_DATABASE_URL=… node tracing-cost.mjs      prints {ratio, tenth, perCallUs, rounds}
import { median } from '../figures.mjs';
import { scheduledMsOf } from '../processes.mjs';
import { startProgram } from './children.mjs';
import { Gateway } from './gateway.mjs';
import { Load } from './load.mjs';

const SESSIONS = 16;
const SMALL = 16;
const WARM_UP_CALLS = 10_000;
const CALLS = 5_000;
const ROUNDS = 9;
/** What was gathered is sent within a second: it belongs to the calls before it. */
const SENT_WITHIN_MS = 1_500;
const US_PER_MS = 1_000;

const serverUrl = process.env.QUAYSIDE_TEST_DATABASE_URL;
const dist = process.env.QUAYSIDE_TEST_DIST;
const started = [];
const starting = async (each) => {
  started.push(await each);
  return started.at(-1);
};

try {
  const upstream = await starting(startProgram('echo-upstream.mjs', 'older'));
  const sink = await starting(startProgram('span-sink.mjs'));
  const collected = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}` };
  const tenth = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' };
  const load = await starting(new Load());
  const contestants = {};
  for (const [key, env] of Object.entries({ off: {}, on: collected, tenth: { ...collected, ...tenth } })) {
    const gateway = await starting(Gateway.start({ serverUrl, dist, env }));
    await gateway.addServer('cost', upstream.port, 'older');
    const target = gateway.target('/servers/cost/mcp', 'older');
    contestants[key] = gateway.pid;
    await load.order('open', { key, target, sessions: SESSIONS });
    await load.order('calls', { key, sessions: SESSIONS, payloadBytes: SMALL, count: WARM_UP_CALLS });
  }
  const keys = Object.keys(contestants);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const cost = {};
    for (const key of round % 2 === 0 ? keys : keys.toReversed())
      cost[key] = await costOf(load, key, contestants[key]);
    rounds.push(cost);
  }
  const ratioOf = (key) => median(rounds.map((cost) => cost[key] / cost.off));
  const perCallUs = Object.fromEntries(
    keys.map((key) => [key, (median(rounds.map((cost) => cost[key])) / CALLS) * US_PER_MS]),
  );
  console.log(JSON.stringify({ ratio: ratioOf('on'), tenth: ratioOf('tenth'), perCallUs, rounds: ROUNDS }));
} finally {
  for (const each of started.reverse()) await each.stop();
}

async function costOf(load, key, pid) {
  const before = scheduledMsOf(pid);
  await load.order('calls', { key, sessions: SESSIONS, payloadBytes: SMALL, count: CALLS });
  await new Promise((resolve) => setTimeout(resolve, SENT_WITHIN_MS));
  return scheduledMsOf(pid) - before;
}
