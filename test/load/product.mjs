// The built product as processes of its own, with a database of its own in the server of the tests.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { HttpClient } from './http-client.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const DIST = join(ROOT, 'dist');
const READY_LIMIT_MS = 120_000;
const READY_POLL_MS = 50;
const STOP_LIMIT_MS = 40_000;
const KEPT_LOG_CHARACTERS = 4_000;
const ENTRIES = {
  'all-in-one': 'main.all-in-one.js',
  api: 'main.js',
  gateway: 'main.gateway.js',
  worker: 'main.worker.js',
  provisioner: 'main.provisioner.js',
};

/** A compiled module of a build. */
export const load = (path, dist = DIST) => createRequire(import.meta.url)(join(dist, path));

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Calls are counted as ever, but a bench makes more of them than one key may by default. */
const WIDE_LIMITS = ['rate_limit_mcp', 'rate_limit_tool_calls']
  .map(
    (name) =>
      `INSERT INTO setting (name, value) VALUES ('${name}', '{"window_s": 60, "key": 9000000, "user": 18000000}');`,
  )
  .join('');

/** A migrated database that `drop` removes. */
export async function makeDatabase(serverUrl, dist = DIST) {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await runAlone(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await load('src/app/migrate.js', dist).migrateStores(url.href);
  await runAlone(url.href, WIDE_LIMITS);
  return { url: url.href, drop: () => runAlone(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runAlone(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** As the launcher and the image start it. */
const NODE_FLAGS = ['--max-semi-space-size=64', '--no-allocation-site-pretenuring', '--no-parallel-scavenge'];

export class Product {
  #children = [];
  #ports = new Map();
  #folder = mkdtempSync(join(tmpdir(), 'quayside-bench-'));
  #key = `bench-${randomBytes(24).toString('hex')}`;
  #log = '';
  #clients = new Map();
  #companions = [];

  constructor(dist, database) {
    this.dist = dist;
    this.database = database;
  }

  /** `roles`: which processes, a second one of a role as in `gateway#2`; `env`: settings beside the usual ones; `companions`: what ends after it. */
  static async start({ serverUrl, roles = ['all-in-one'], env = {}, dist = DIST, companions = [] }) {
    const product = new Product(dist, await makeDatabase(serverUrl, dist));
    product.#companions = companions;
    try {
      await product.#launch(roles, env);
    } catch (error) {
      await product.stop();
      throw error;
    }
    return product;
  }

  /** Speaks to the first role. */
  get client() {
    return this.clientOf([...this.#ports.keys()][0]);
  }

  clientOf(role) {
    const known = this.#clients.get(role);
    if (known !== undefined) return known;
    const client = new HttpClient(this.#ports.get(role), { authorization: `Bearer ${this.#key}` });
    this.#clients.set(role, client);
    return client;
  }

  /** For clients that sign in by themselves. */
  get key() {
    return this.#key;
  }

  pidOf(role) {
    return this.#children.find((child) => child.role === role).process.pid;
  }

  get pids() {
    return this.#children.map((child) => child.process.pid);
  }

  async stop() {
    for (const client of this.#clients.values()) client.close();
    await Promise.all(this.#children.splice(0).map(end));
    for (const { stop } of this.#companions.splice(0)) await stop();
    await this.database.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #launch(roles, env) {
    const shared = {
      PATH: process.env.PATH,
      HOME: this.#folder,
      NODE_ENV: 'production',
      DATA_DIR: this.#folder,
      DATABASE_URL: this.database.url,
      MASTER_KEY: randomBytes(32).toString('base64'),
      API_KEY: this.#key,
      SERVER_HOST: '127.0.0.1',
      PROVISIONER_PORT: String(await freePort()),
      SHUTDOWN_TIMEOUT: '10',
      CONTAINER_ENGINE: 'process',
      ...env,
    };
    for (const role of roles) {
      const port = await freePort();
      this.#ports.set(role, port);
      this.#children.push(this.#spawn(role, { ...shared, SERVER_PORT: String(port) }));
    }
    await Promise.all([...this.#ports.values()].map((port) => this.#ready(port)));
  }

  #spawn(role, env) {
    const script = join(this.dist, 'src', ENTRIES[role.split('#')[0]]);
    const child = spawn(process.execPath, [...NODE_FLAGS, script], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        this.#log = (this.#log + text).slice(-KEPT_LOG_CHARACTERS);
      });
    return { role, process: child, ended: once(child, 'exit') };
  }

  async #ready(port) {
    const client = new HttpClient(port);
    const deadline = performance.now() + READY_LIMIT_MS;
    while (performance.now() < deadline) {
      const answer = await client.send('GET', '/health/ready').catch(() => undefined);
      if (answer?.status === 200) return client.close();
      if (this.#children.some((child) => child.process.exitCode !== null)) break;
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
    client.close();
    throw new Error(`The product was not ready in time:\n${this.#log}`);
  }
}

async function end({ process: child, ended }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}
