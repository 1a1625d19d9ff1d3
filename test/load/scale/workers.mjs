// Two worker processes against one, tasks from submitting to their end: what a task costs the workers, and how many end a second.
import pg from 'pg';
import { inTurns } from '../figures.mjs';
import { cpuMsOf } from '../processes.mjs';
import { Product } from '../product.mjs';
import { startRedis } from '../redis.mjs';
import { BenchAgent } from '../tasks/bench-agent.mjs';
import { costRow } from './cost-row.mjs';

const ROUNDS = 7;
/** A fresh process compiles what it does for some thousand tasks. */
const WARM_ROUNDS = 3;
const TASKS = 3_000;
const AT_ONCE = 32;
const AGENTS = 4;
const LIMIT_MS = 120_000;
const TASK = { type: 'processing', payload: {}, priority: 'medium', timeout: 60, retry_count: 0 };
const CONTESTANTS = { one: ['worker'], two: ['worker', 'worker#2'] };

/** Two installations, measured in turns: a worker that is stopped in between would be another one afterwards. */
export async function benchWorkers(report, options) {
  const sites = {};
  try {
    for (const [name, workers] of Object.entries(CONTESTANTS))
      sites[name] = await Site.open(options, workers);
    for (let round = 0; round < WARM_ROUNDS; round += 1)
      for (const site of Object.values(sites)) await site.cost();
    const turns = Object.entries(sites).map(([name, site]) => [name, () => site.cost()]);
    const measured = await inTurns(ROUNDS, Object.fromEntries(turns));
    costRow(report, {
      what: 'task in 2 worker processes ÷ in 1',
      unit: 'tasks',
      ...measured,
    });
  } finally {
    for (const site of Object.values(sites)) await site.close();
  }
}

class Site {
  static async open({ serverUrl, dist }, workers) {
    const redis = await startRedis();
    const env = { REDIS_URL: redis.url, MAX_CONCURRENT_TASKS: '5000', LOG_LEVEL: 'warn' };
    const product = await Product.start({
      ...{ serverUrl, dist, env, roles: ['api', ...workers], companions: [redis] },
    });
    const database = new pg.Client({ connectionString: product.database.url });
    await database.connect();
    const site = new Site(product, workers, database);
    for (let at = 0; at < AGENTS; at += 1)
      site.agents.push((await BenchAgent.register(product, `puller-${at}`)).work({ atOnce: 8 }));
    return site;
  }

  agents = [];

  constructor(product, workers, database) {
    this.product = product;
    this.workers = workers;
    this.database = database;
  }

  /** Until the last task has ended and what followed from it was told to everybody. */
  async cost() {
    const pids = this.workers.map((role) => this.product.pidOf(role));
    const target =
      (await this.#count(`SELECT count(*)::int AS n FROM task WHERE status = 'completed'`)) + TASKS;
    const before = cpuMsOf(pids);
    const startedAt = performance.now();
    await submit(this.product.client);
    await until(async () => {
      const ended = await this.#count(`SELECT count(*)::int AS n FROM task WHERE status = 'completed'`);
      return ended >= target && (await this.#count('SELECT count(*)::int AS n FROM outbox')) === 0;
    });
    return {
      cpuSPer1000: (cpuMsOf(pids) - before) / TASKS,
      rate: (TASKS / (performance.now() - startedAt)) * 1_000,
    };
  }

  async close() {
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await this.database.end();
    await this.product.stop();
  }

  async #count(sql) {
    return (await this.database.query(sql)).rows[0].n;
  }
}

async function submit(client) {
  let left = TASKS;
  const one = async () => {
    while (left-- > 0) await client.json('POST', '/api/v1/tasks', TASK);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function until(holds) {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('the tasks did not end in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
