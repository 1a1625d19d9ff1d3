// The product on a real engine, as both measurements with containers use it.
import { Product } from '../product.mjs';
import { startRedis } from '../redis.mjs';
import { IMAGE } from './raw-engine.mjs';

const SPEC = { type: 'docker', image: IMAGE, port: 8080 };
/** Each look costs the product a query, so there are few. */
const POLL_MS = 200;
const LIMIT_MS = 180_000;
let made = 0;

export const instanceBody = () => ({
  name: `bench-${process.pid}-${(made += 1)}`,
  json_spec: SPEC,
});

export async function startOnEngine({ serverUrl, socketPath, queues }, dist) {
  const redis = queues === 'redis' ? await startRedis() : undefined;
  return Product.start({
    serverUrl,
    dist,
    env: {
      CONTAINER_ENGINE: 'docker',
      DOCKER_HOST: `unix://${socketPath}`,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    },
    companions: redis === undefined ? [] : [redis],
  });
}

/** What is measured beside the raw engine: this build, and the one that it is compared with. */
export const buildsOf = ({ dist, against }) => [
  ['product', dist],
  ...(against === undefined ? [] : [['earlier build', against]]),
];

/** Waits until as many instances as wanted have the status; undefined: any. */
export async function waitForCount(client, wanted, status) {
  const deadline = performance.now() + LIMIT_MS;
  const filter = status === undefined ? '' : `&status=${status}`;
  for (;;) {
    const { instances } = await client.json('GET', `/api/v1/mcp/instances?limit=200${filter}`);
    if (instances.length === wanted) return instances;
    if (performance.now() > deadline)
      throw new Error(`${instances.length} instances instead of ${wanted}: ${JSON.stringify(instances[0])}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export async function deleteAll(client) {
  const { instances } = await client.json('GET', '/api/v1/mcp/instances?limit=200');
  const operations = instances.map(({ id }) => ({ op: 'delete', id }));
  if (operations.length > 0) await client.json('POST', '/api/v1/mcp/instances/bulk', { operations });
  await waitForCount(client, 0);
}
