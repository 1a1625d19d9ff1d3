// Submit, lease, complete: how many a second from end to end, beside the bare queue on the same Redis.
import { goal, inTurns, median, perSecond, times } from '../figures.mjs';
import { BenchAgent } from './bench-agent.mjs';
import { rawQueueRate } from './raw-queue.mjs';

const ROUNDS = 3;
const AGENTS = 4;
const LIMIT_MS = 120_000;
const SINGLE = { count: 1_500, atOnce: 32 };
const BATCHED = { count: 5_000, batch: 100, atOnce: 4 };

const TASK = { type: 'processing', payload: {}, priority: 'medium', timeout: 60, retry_count: 0 };

export async function benchThroughput(report, product, redisUrl) {
  await measure(report, product, redisUrl, {
    what: 'submit → lease → complete, one by one',
    agent: { atOnce: 8, max: 1 },
    count: SINGLE.count,
    submit: (client) => each(SINGLE.count, SINGLE.atOnce, () => client.json('POST', '/api/v1/tasks', TASK)),
    raw: { count: SINGLE.count, addAtOnce: SINGLE.atOnce, bulk: false },
    least: 300,
  });
  const tasks = Array.from({ length: BATCHED.batch }, () => TASK);
  await measure(report, product, redisUrl, {
    what: 'the same in batches of 100',
    agent: { atOnce: 1, max: 100, settle: 'batch' },
    count: BATCHED.count,
    submit: (client) =>
      each(BATCHED.count / BATCHED.batch, BATCHED.atOnce, () =>
        client.json('POST', '/api/v1/tasks/batch', { tasks }),
      ),
    raw: { count: BATCHED.count, addAtOnce: BATCHED.batch, bulk: true },
    least: 1_500,
  });
}

async function measure(report, product, redisUrl, { what, agent, count, submit, raw, least }) {
  let arrived = 0;
  const agents = [];
  for (let at = 0; at < AGENTS; at += 1) {
    const one = await BenchAgent.register(product, `${what.length}-puller-${at}`);
    agents.push(one.work({ ...agent, onTask: () => (arrived += 1) }));
  }
  const ours = async () => {
    const target = (await completed(product)) + count;
    const startedAt = performance.now();
    await submit(product.client);
    await until(async () => (await completed(product)) >= target);
    return (count / (performance.now() - startedAt)) * 1_000;
  };
  await ours();
  const measured = await inTurns(ROUNDS, { ours, raw: () => rawQueueRate(redisUrl, raw) });
  const [rate, rawRate] = [median(measured.ours), median(measured.raw)];
  report.add({
    id: 'P4',
    what,
    figure: `${perSecond(rate)}; bare queue ${perSecond(rawRate)} = ${times(rate / rawRate)}`,
    goal: goal(`≥ ${least}/s`, rate, { atLeast: least }),
    data: { rate, raw_rate: rawRate, arrived },
  });
  await Promise.all(agents.map((one) => one.stop()));
}

/** Read from the database: asking the product would be part of what is measured. */
const completed = async (product) => {
  const [row] = await product.query(`SELECT count(*)::int AS n FROM task WHERE status = 'completed'`);
  return row.n;
};

async function each(count, atOnce, send) {
  let left = count;
  const one = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

async function until(holds) {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('the tasks did not end in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
