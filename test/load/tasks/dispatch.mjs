// How long a task waits for an agent that is free, at half of what this machine can do in this run.
import { goal, ms, percentile } from '../figures.mjs';
import { BenchAgent } from './bench-agent.mjs';

/** At full speed: what is there afterwards is warm, and its rate is the whole load. The second half is counted. */
const FULL_TASKS = 4_000;
const FULL_AT_ONCE = 32;
const TASKS = 2_000;
const AGENTS = 8;
const LIMIT_MS = 60_000;
const BODY = { type: 'analysis', payload: {}, priority: 'high', timeout: 60, retry_count: 0 };

export async function benchDispatch(report, product) {
  const arrivedAt = new Map();
  const agents = [];
  for (let at = 0; at < AGENTS; at += 1) {
    const one = await BenchAgent.register(product, `waiting-${at}`);
    agents.push(one.work({ atOnce: 4, max: 1, onTask: ({ task_id }, now) => arrivedAt.set(task_id, now) }));
  }
  await atFullSpeed(product, FULL_TASKS / 2, arrivedAt);
  const fullRate = await atFullSpeed(product, FULL_TASKS / 2, arrivedAt);
  const rate = fullRate / 2;
  const acceptedAt = await submitAtRate(product, rate);
  await allArrived(acceptedAt, arrivedAt);
  await Promise.all(agents.map((one) => one.stop()));
  // A task may arrive before its submitter has read the answer.
  const waits = [...acceptedAt].map(([id, at]) => Math.max(0, arrivedAt.get(id) - at));
  const [p50, p95] = [percentile(waits, 50), percentile(waits, 95)];
  report.add({
    id: 'P4',
    what: `accepted → at the agent, ${Math.round(rate)}/s of ${Math.round(fullRate)}/s: p50 / p95`,
    figure: `${ms(p50)} / ${ms(p95)}`,
    goal: goal('p95 < 50 ms', p95, { atMost: 50 }),
    data: { full_rate: fullRate, p50_ms: p50, p95_ms: p95 },
  });
}

/** How many a second were accepted and have reached an agent. */
async function atFullSpeed(product, count, arrivedAt) {
  const before = arrivedAt.size;
  const startedAt = performance.now();
  let left = count;
  const one = async () => {
    while (left-- > 0) await product.client.json('POST', '/api/v1/tasks', BODY);
  };
  await Promise.all(Array.from({ length: FULL_AT_ONCE }, one));
  await until(() => arrivedAt.size >= before + count);
  return (count / (performance.now() - startedAt)) * 1_000;
}

/** By id, when each was accepted; none waits for the one before it. */
async function submitAtRate(product, rate) {
  const acceptedAt = new Map();
  const sent = [];
  const startedAt = performance.now();
  for (let at = 0; at < TASKS; at += 1) {
    const dueIn = startedAt + (at / rate) * 1_000 - performance.now();
    if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
    sent.push(
      product.client.json('POST', '/api/v1/tasks', BODY).then(({ task_id }) => {
        acceptedAt.set(task_id, performance.now());
      }),
    );
  }
  await Promise.all(sent);
  return acceptedAt;
}

const allArrived = (acceptedAt, arrivedAt) =>
  until(() => [...acceptedAt.keys()].every((id) => arrivedAt.has(id)));

async function until(holds) {
  const deadline = performance.now() + LIMIT_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('a task never reached an agent');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
