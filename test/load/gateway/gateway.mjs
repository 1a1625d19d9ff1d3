// The gateway role in a process of its own, with servers that are there because their rows say so: no engine, no other role.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { HttpClient } from '../http-client.mjs';
import { DIST, freePort, Product } from '../product.mjs';

const KNOWN_LIMIT_MS = 30_000;
const KNOWN_POLL_MS = 200;
const PROBE = join(dirname(fileURLToPath(import.meta.url)), 'probe.cjs');

/** As if a container answered on that port for each of the names. */
export async function insertServers(databaseUrl, names, port, era) {
  const spec = { type: 'docker', image: 'bench/echo:latest', port };
  const upstream = {
    kind: 'http',
    urls: [`http://127.0.0.1:${port}/mcp`],
    transport: 'streamable-http',
    remote: false,
  };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `WITH made AS (
         INSERT INTO instances (id, name, json_spec, desired_state, generation)
         SELECT gen_random_uuid(), name, $2::jsonb, 'running', 1 FROM unnest($1::text[]) AS name RETURNING id)
       INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at, upstream, era)
       SELECT id, 1, 1, 'running', 'As the bench wants it.', now(), now(), $3::jsonb, $4 FROM made`,
      [names, JSON.stringify(spec), JSON.stringify(upstream), era],
    );
  } finally {
    await client.end();
  }
}

/** A busy machine may take longer for the look that is made when somebody asks. */
export async function knows(client, name) {
  const deadline = performance.now() + KNOWN_LIMIT_MS;
  for (;;) {
    const { status, body } = await client.send('GET', `/api/v1/mcp/tools?server_name=${name}`);
    if (status === 200) return;
    if (performance.now() > deadline) throw new Error(`the gateway does not know ${name}: ${body}`);
    await new Promise((resolve) => setTimeout(resolve, KNOWN_POLL_MS));
  }
}

export class Gateway {
  static async start({ serverUrl, dist = DIST, env: more = {}, preload = [] }) {
    const probePort = await freePort();
    const env = {
      NODE_OPTIONS: [PROBE, ...preload].map((file) => `--require ${file}`).join(' '),
      QUAYSIDE_BENCH_PROBE: String(probePort),
      LOG_LEVEL: 'warn',
      ...more,
    };
    return new Gateway(await Product.start({ serverUrl, dist, roles: ['gateway'], env }), probePort);
  }

  #probe;

  constructor(product, probePort) {
    this.product = product;
    this.#probe = new HttpClient(probePort);
  }

  get pid() {
    return this.product.pidOf('gateway');
  }

  /** What its process says of itself; `collect` first lets go of what nobody holds. */
  async probe({ collect = false } = {}) {
    return this.#probe.json('GET', collect ? '/collect' : '/');
  }

  /** Where its CPU time goes while the work is done, as a file for the usual viewers. */
  async profiled(file, work) {
    await this.#probe.json('GET', '/profile');
    await work();
    await this.#probe.json('GET', `/profile?${encodeURIComponent(file)}`);
  }

  async addServer(name, port, era) {
    await insertServers(this.product.database.url, [name], port, era);
    await knows(this.product.client, name);
  }

  async addEndpoint(name, instances) {
    await this.product.client.json('POST', '/api/v1/mcp/endpoints', { name, instances, prefix: 'always' });
  }

  /** What the load must know to talk to one of its faces. */
  target(path, era, more = {}) {
    return { port: this.product.client.port, path, era, headers: this.product.client.headers, ...more };
  }

  async stop() {
    this.#probe.close();
    await this.product.stop();
  }
}
