// Reading: pages of a list over 10,000 instances, the first and one far inside.
import pg from 'pg';
import { goal, ms, percentile, summaryOf } from '../figures.mjs';
import { Product } from '../product.mjs';

const INSTANCES = 10_000;
const FAR_PAGE = 100;
const REPEATS = 60;
/** Rows of every phase and age, as a long life leaves them. */
const FILL = `
  WITH made AS (
    INSERT INTO instances (id, name, description, json_spec, desired_state, generation, created_at, updated_at)
    SELECT gen_random_uuid(), 'bench-' || n, 'Instance number ' || n,
           '{"type": "docker", "image": "quayside-test/echo:latest", "port": 8080, "environment": {"MODE": "bench"}}',
           'running', 1, now() - n * interval '1 second', now() - n * interval '1 second'
      FROM generate_series(1, ${INSTANCES}) AS n
    RETURNING id
  )
  INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, containers, tools, latency_ms)
  SELECT id, 1, 1, 'running', 'It answers.', now(), now(),
         '[{"id": "f00", "replica": 0, "state": "running"}]', 2, 3
    FROM made`;

export async function benchLists(report, { serverUrl, dist }) {
  const product = await Product.start({ serverUrl, dist, roles: ['api'] });
  try {
    await fill(product.database.url);
    const far = await cursorOf(product.client, FAR_PAGE);
    await measure(report, product.client, 'first page', '');
    await measure(report, product.client, `page ${FAR_PAGE} by its cursor`, `&cursor=${far}`);
    await measure(report, product.client, 'first page of those named like "99"', '&q=99');
  } finally {
    await product.stop();
  }
}

async function fill(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(FILL);
  await client.query('ANALYZE instances, instance_status');
  await client.end();
}

const pageAt = (client, rest) => client.json('GET', `/api/v1/mcp/instances?limit=50${rest}`);

async function cursorOf(client, page) {
  let cursor = '';
  for (let at = 1; at < page; at += 1) {
    const { next_cursor: next } = await pageAt(client, cursor === '' ? '' : `&cursor=${cursor}`);
    cursor = encodeURIComponent(next);
  }
  return cursor;
}

async function measure(report, client, what, rest) {
  const times = [];
  for (let at = 0; at < REPEATS; at += 1) {
    const startedAt = performance.now();
    const { instances } = await pageAt(client, rest);
    times.push(performance.now() - startedAt);
    if (instances.length !== 50) throw new Error(`${what}: ${instances.length} instances on a page of 50`);
  }
  const p95 = percentile(times, 95);
  report.add({
    id: 'P3',
    what: `list of ${INSTANCES} instances, 50 a page: ${what}, p50 / p95`,
    figure: `${ms(percentile(times, 50))} / ${ms(p95)}`,
    goal: goal('p95 < 150 ms', p95, { atMost: 150 }),
    data: summaryOf(times),
  });
}
