// How long a task waits for an agent that is free, at half of what the machine can do.
import { goal, ms, percentile } from '../figures.mjs';
import { BenchAgent } from './bench-agent.mjs';

const TASKS = 1_000;
/** Half of what `throughput` showed on two calm cores, 452/s: to be set anew when that is another figure. */
const RATE_PER_S = 226;
const AGENTS = 8;
const LIMIT_MS = 60_000;

export async function benchDispatch(report, product) {
  const submittedAt = new Map();
  const arrivedAt = new Map();
  const agents = [];
  for (let at = 0; at < AGENTS; at += 1) {
    const one = await BenchAgent.register(product, `waiting-${at}`);
    agents.push(one.work({ atOnce: 4, max: 1, onTask: ({ task_id }, now) => arrivedAt.set(task_id, now) }));
  }
  const body = { type: 'analysis', payload: {}, priority: 'high', timeout: 60, retry_count: 0 };
  const sent = [];
  const startedAt = performance.now();
  for (let at = 0; at < TASKS; at += 1) {
    const dueIn = startedAt + (at / RATE_PER_S) * 1_000 - performance.now();
    if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
    sent.push(
      product.client.json('POST', '/api/v1/tasks', body).then(({ task_id }) => {
        submittedAt.set(task_id, performance.now());
      }),
    );
  }
  await Promise.all(sent);
  const deadline = performance.now() + LIMIT_MS;
  while ([...submittedAt.keys()].some((id) => !arrivedAt.has(id))) {
    if (performance.now() > deadline) throw new Error('a task never reached an agent');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await Promise.all(agents.map((one) => one.stop()));
  // A task may arrive before its submitter has read the answer.
  const waits = [...submittedAt].map(([id, at]) => Math.max(0, arrivedAt.get(id) - at));
  const p95 = percentile(waits, 95);
  report.add({
    id: 'P4',
    what: `accepted → at the agent, ${RATE_PER_S}/s: p50 / p95`,
    figure: `${ms(percentile(waits, 50))} / ${ms(p95)}`,
    goal: goal('p95 < 50 ms', p95, { atMost: 50 }),
    data: { p50_ms: percentile(waits, 50), p95_ms: p95 },
  });
}
