// What a thousand agents cost that are only there.
import { goal } from '../figures.mjs';
import { cpuMsOf } from '../processes.mjs';
import { BenchAgent } from './bench-agent.mjs';

const AGENTS = 1_000;
const OVER_MS = 20_000;
/** Of each, before anything is measured: an installation with a thousand agents has been speaking to them for hours. */
const BEATS_BEFORE = 10;
const AT_ONCE = 200;

export async function benchHeartbeats(report, product) {
  const agents = [];
  for (let at = 0; at < AGENTS; at += 1) agents.push(await BenchAgent.register(product, `beating-${at}`));
  await beatBefore(agents);
  const idleMs = await cpuOver(product, () => new Promise((resolve) => setTimeout(resolve, OVER_MS)));
  const until = performance.now() + OVER_MS;
  let beats = 0;
  const busyMs = await cpuOver(product, () =>
    Promise.all(
      agents.map(async (agent) => {
        // As each is told: spread from the first beat on.
        let pauseS = Math.random() * 10;
        while (performance.now() + pauseS * 1_000 < until) {
          await new Promise((resolve) => setTimeout(resolve, pauseS * 1_000));
          ({ next_heartbeat_s: pauseS } = await agent.heartbeat(Math.random()));
          beats += 1;
        }
      }),
    ),
  );
  const share = (busyMs / OVER_MS) * 100;
  const idle = (idleMs / OVER_MS) * 100;
  report.add({
    id: 'P5',
    what: `${AGENTS} heartbeating agents: CPU of the product`,
    figure: `${share.toFixed(1)} % of a core, ${idle.toFixed(1)} % without heartbeats; ${(beats / (OVER_MS / 1_000)).toFixed(0)} beats/s`,
    goal: goal('≤ 10 % of a core', share, { atMost: 10 }),
    data: { share, idle, beats },
  });
  await Promise.all(agents.map((agent) => agent.stop()));
}

async function beatBefore(agents) {
  for (let round = 0; round < BEATS_BEFORE; round += 1)
    for (let at = 0; at < agents.length; at += AT_ONCE)
      await Promise.all(agents.slice(at, at + AT_ONCE).map((agent) => agent.heartbeat(Math.random())));
}

async function cpuOver(product, work) {
  const before = cpuMsOf(product.pids);
  await work();
  return cpuMsOf(product.pids) - before;
}
