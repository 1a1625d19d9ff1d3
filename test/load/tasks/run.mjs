// `npm run bench:tasks`: tasks from end to end, agents that are only there, and pipelines that do nothing, with the queues on Redis.
//   QUAYSIDE_TEST_DATABASE_URL=… node test/load/tasks/run.mjs [throughput] [dispatch] [heartbeats] [pipelines]
import { join } from 'node:path';
import pg from 'pg';
import { describeMachine } from '../machine.mjs';
import { DIST, Product, ROOT } from '../product.mjs';
import { startRedis } from '../redis.mjs';
import { Report } from '../report.mjs';
import { benchDispatch } from './dispatch.mjs';
import { benchHeartbeats } from './heartbeats.mjs';
import { benchPipelines } from './pipelines.mjs';
import { benchThroughput } from './throughput.mjs';

const PARTS = {
  throughput: benchThroughput,
  dispatch: benchDispatch,
  pipelines: benchPipelines,
  heartbeats: benchHeartbeats,
};
const chosen = process.argv.slice(2);
const names = chosen.length === 0 ? Object.keys(PARTS) : chosen;
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined)
  throw new Error(`There is no part "${unknown}": ${Object.keys(PARTS).join(', ')}.`);

const report = new Report(describeMachine());
for (const name of names) {
  console.log(`\n== ${name}`);
  const redis = await startRedis();
  const product = await Product.start({
    serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL,
    dist: process.env.QUAYSIDE_TEST_DIST ?? DIST,
    env: { REDIS_URL: redis.url, MAX_AGENTS: '2000', MAX_CONCURRENT_TASKS: '5000' },
    companions: [redis],
  });
  const client = new pg.Client({ connectionString: product.database.url });
  await client.connect();
  product.query = async (sql, values) => (await client.query(sql, values)).rows;
  try {
    await PARTS[name](report, product, redis.url);
  } finally {
    await client.end();
    await product.stop();
  }
}
report.print();
report.save(join(ROOT, '.cache', 'bench-tasks.json'));
