// What the tests need beside Node, in private copies: redis-server on PATH, PostgreSQL (the embedded one), and a container
// engine of our own in a network namespace of its own, so that a user's engine and firewall are never touched.
// As root on Debian missing programs are installed; elsewhere what is missing is said, and its tests are skipped.
import { startEngine } from './engine.mjs';
import { buildImages } from './images.mjs';
import { startNamespace } from './namespace.mjs';
import { ensurePrograms } from './programs.mjs';
import { startPostgres } from './postgres.mjs';

/** Projects that talk to PostgreSQL, to Redis, to containers. */
const NEEDS_STORES = new Set(['unit', 'contract', 'integration', 'e2e', 'long', 'load']);
const NEEDS_ENGINE = new Set(['unit', 'contract', 'integration', 'e2e', 'long', 'load']);

/**
 * Answers {env, missing, wrap, stop}: the variables for the tests, what could not be had and why, a way to run a command
 * where the engine's containers can be reached, and the end of it all.
 */
export async function startServices({ needed }) {
  const missing = [];
  const env = {};
  const stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  let wrap = (command) => command;
  try {
    if (needed.some((name) => NEEDS_STORES.has(name))) {
      const redis = ensurePrograms({ programs: ['redis-server'], packages: ['redis-server'] });
      if (redis !== undefined) missing.push({ name: 'Redis', reason: redis });
    }
    if (needed.some((name) => NEEDS_ENGINE.has(name))) {
      const engine = await tryEngine(stops);
      if (engine.reason !== undefined) missing.push({ name: 'container engine', reason: engine.reason });
      Object.assign(env, engine.env);
      wrap = engine.wrap;
    }
    if (needed.some((name) => NEEDS_STORES.has(name))) {
      const postgres = await startPostgres(wrap);
      stops.push(postgres.stop);
      env.QUAYSIDE_TEST_DATABASE_URL = postgres.url;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { env, missing, wrap, stop };
}

async function tryEngine(stops) {
  const wrap = (command) => command;
  // Somebody's own engine, used because they said so.
  const given = process.env.QUAYSIDE_TEST_ENGINE_SOCKET;
  if (given !== undefined && given !== '') return { env: await imagesIn(given), wrap };
  if (process.platform !== 'linux')
    return { reason: 'a private engine needs Linux; QUAYSIDE_TEST_ENGINE_SOCKET names one of yours', wrap };
  if (process.getuid?.() !== 0)
    return { reason: 'a private engine needs root; QUAYSIDE_TEST_ENGINE_SOCKET names one of yours', wrap };
  const reason = ensurePrograms({
    programs: ['dockerd', 'containerd', 'runc', 'iptables', 'ip'],
    packages: ['docker.io', 'iptables', 'iproute2'],
  });
  if (reason !== undefined) return { reason, wrap };
  const namespace = await startNamespace();
  stops.push(namespace.stop);
  const engine = await startEngine(namespace.wrap);
  stops.push(engine.stop);
  return {
    env: { QUAYSIDE_TEST_ENGINE_SOCKET: engine.socketPath, ...(await imagesIn(engine.socketPath)) },
    wrap: namespace.wrap,
  };
}

async function imagesIn(socketPath) {
  const startedAt = Date.now();
  await buildImages(socketPath);
  console.log(`Test images are ready (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return {};
}
