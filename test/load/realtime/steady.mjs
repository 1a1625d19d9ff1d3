// A steady flow of events to a thousand readers: how long an event needs from its command to the last of them.
import { goal, ms, percentile } from '../figures.mjs';
import { cpuMsOf } from '../processes.mjs';
import { Crowd } from './crowd-process.mjs';

const WARM_UP_S = 2;
const OVER_S = 10;
const DRAIN_LIMIT_MS = 20_000;
const P95_MS = 100;

/** With more than one group each reader follows one of them, and each event belongs to one. */
export async function benchSteady(report, { product, events, readers }, { perSecond, groups }) {
  const crowd = await Crowd.of(product.client.port, readers, { groups, key: product.key });
  try {
    await flow(events, perSecond, groups, WARM_UP_S);
    await crowd.ask('until', { frames: perSecond * WARM_UP_S * (readers / groups), limitMs: DRAIN_LIMIT_MS });
    await crowd.ask('reset');
    const api = product.pidOf('api');
    const before = cpuMsOf([api]);
    await flow(events, perSecond, groups, OVER_S);
    const wanted = (perSecond * OVER_S * readers) / groups;
    const { frames, waitsMs } = await crowd.ask('until', { frames: wanted, limitMs: DRAIN_LIMIT_MS });
    const cpuMs = cpuMsOf([api]) - before;
    const p95 = percentile(waitsMs, 95);
    report.add({
      id: 'P5',
      what: `${readers} readers, ${perSecond} events/s${groups > 1 ? `, each follows a ${groups}th` : ''}: p50 / p95`,
      figure: `${ms(percentile(waitsMs, 50))} / ${ms(p95)}; ${((cpuMs / OVER_S / 1_000) * 100).toFixed(0)} % of a core`,
      goal: goal(`p95 < ${P95_MS} ms`, p95, { atMost: P95_MS }),
      data: { p95, frames, wanted, cpu_us_per_delivery: (cpuMs * 1_000) / frames },
    });
    if (frames !== wanted) report.note(`${frames} of ${wanted} frames arrived in time.`);
  } finally {
    crowd.close();
  }
}

async function flow(events, perSecond, groups, forS) {
  const pending = [];
  const began = performance.now();
  for (let index = 0; index < perSecond * forS; index += 1) {
    const dueMs = began + (index * 1_000) / perSecond;
    const leftMs = dueMs - performance.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    pending.push(events.append(1, index % groups));
  }
  await Promise.all(pending);
}
