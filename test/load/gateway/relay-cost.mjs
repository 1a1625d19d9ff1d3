// What a call costs on our relay against what it costs on the minimal one, in CPU time: the one measure that a test asserts.
//   QUAYSIDE_TEST_DATABASE_URL=… node relay-cost.mjs [most]     prints {ratio, attempts}; measures again while above `most`
import { median } from '../figures.mjs';
import { scheduledMsOf } from '../processes.mjs';
import { startProgram } from './children.mjs';
import { Gateway } from './gateway.mjs';
import { Load } from './load.mjs';

const SESSIONS = 16;
const SMALL = 16;
/** Enough for both to be compiled; the first calls cost ten times the later ones. */
const WARM_UP_CALLS = 5_000;
const CALLS = 2_000;
const ROUNDS = 5;
/** A busy machine makes either side dearer for a while; a feature that costs too much does so every time. */
const ATTEMPTS = 10;

const most = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const serverUrl = process.env.QUAYSIDE_TEST_DATABASE_URL;
const started = [];
const starting = async (each) => {
  started.push(await each);
  return started.at(-1);
};

try {
  const upstream = await starting(startProgram('echo-upstream.mjs', 'older'));
  const lean = await starting(startProgram('lean-relay.mjs', upstream.port));
  const gateway = await starting(Gateway.start({ serverUrl, dist: process.env.QUAYSIDE_TEST_DIST }));
  const load = await starting(new Load());
  await gateway.addServer('cost', upstream.port, 'older');
  const contestants = {
    lean: {
      pid: lean.pid,
      target: { port: lean.port, path: '/mcp', era: 'older', headers: { authorization: 'Bearer lean' } },
    },
    relay: { pid: gateway.pid, target: gateway.target('/servers/cost/mcp', 'older') },
  };
  for (const [key, { target }] of Object.entries(contestants)) {
    await load.order('open', { key, target, sessions: SESSIONS });
    await load.order('calls', { key, sessions: SESSIONS, payloadBytes: SMALL, count: WARM_UP_CALLS });
  }
  const attempts = [];
  while (attempts.length < ATTEMPTS && !(Math.min(...attempts) <= most))
    attempts.push(await attempt(load, contestants));
  console.log(JSON.stringify({ ratio: Math.min(...attempts), attempts }));
} finally {
  for (const each of started.reverse()) await each.stop();
}

async function attempt(load, contestants) {
  const ratios = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const cost = {};
    const keys = round % 2 === 0 ? ['lean', 'relay'] : ['relay', 'lean'];
    for (const key of keys) {
      const { pid } = contestants[key];
      const before = scheduledMsOf(pid);
      await load.order('calls', { key, sessions: SESSIONS, payloadBytes: SMALL, count: CALLS });
      cost[key] = scheduledMsOf(pid) - before;
    }
    ratios.push(cost.relay / cost.lean);
  }
  return median(ratios);
}
