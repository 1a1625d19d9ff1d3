// What the tests need beside Node, in private copies: redis-server on PATH, PostgreSQL (the embedded one), the launcher for
// secrets, and a container engine of our own in a network of its own, so that a user's engine and firewall are never
// touched. As root on Debian missing programs are installed; elsewhere what is missing is said, and its tests are skipped.
import { join } from 'node:path';
import { buildLauncher } from '../build-launcher.mjs';
import { ROOT } from '../prepare.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureCompose } from './compose.mjs';
import { ensureConformanceTool } from './conformance-tool.mjs';
import { inEngineNamespace, startPrivateDockerd } from './dockerd.mjs';
import { buildImages, obstacleToContainers } from './images.mjs';
import { startPostgres } from './postgres.mjs';
import { ensureRedisServer } from './redis.mjs';
import { REGISTRY_IMAGES } from './registry.mjs';

/** Projects that talk to PostgreSQL, to Redis, to containers. */
const NEEDS_STORES = new Set([
  'unit',
  'contract',
  'integration',
  'conformance',
  'e2e',
  'faults',
  'long',
  'load',
]);
const NEEDS_ENGINE = new Set([
  'unit',
  'contract',
  'integration',
  'conformance',
  'e2e',
  'faults',
  'long',
  'load',
]);

/** Programs of others that speak MCP to us. */
const NEEDS_SUITE = new Set(['conformance', 'e2e']);

/** The console in a browser. */
const NEEDS_BROWSER = new Set(['e2e', 'long']);

/** The deployment files, brought up as an operator would, behind a door of their own. */
const NEEDS_COMPOSE = new Set(['long']);

/** Each after what it needs. An answer has a reason when the thing could not be had. */
async function provide(missing, name, work) {
  const startedAt = performance.now();
  const answer = await work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (answer.reason === undefined) console.log(`${name}: ready (${seconds} s)`);
  else missing.push({ name, reason: answer.reason });
  return answer;
}

/**
 * Answers {env, missing, wrap, stop}: the variables for the tests, what could not be had and why, a way to run a command
 * where the engine's containers can be reached, and the end of it all.
 */
export async function startServices({ needed }) {
  const env = {};
  const missing = [];
  const stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  let wrap = (command) => command;
  try {
    if (needed.some((name) => NEEDS_STORES.has(name)))
      await provide(missing, 'Redis', () => ensureRedisServer(console.log));
    if (needed.some((name) => NEEDS_SUITE.has(name)))
      await provide(missing, 'conformance suite', () => ensureConformanceTool(console.log));
    if (needed.some((name) => NEEDS_BROWSER.has(name))) {
      const { path } = await provide(missing, 'Chromium', () => ensureChromium(console.log));
      if (path !== undefined) env.CHROMIUM_BIN = path;
    }
    if (needed.some((name) => NEEDS_COMPOSE.has(name)))
      await provide(missing, 'compose', () => ensureCompose(console.log));
    if (needed.some((name) => NEEDS_ENGINE.has(name))) {
      await provide(missing, 'secret launcher', () => buildLauncher());
      const engine = await provide(missing, 'container engine', () => engineWithImages(stops));
      Object.assign(env, engine.env);
      wrap = engine.wrap ?? wrap;
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

async function engineWithImages(stops) {
  const engine = await engineToUse();
  if (engine.reason !== undefined) return engine;
  if (engine.stop !== undefined) stops.push(engine.stop);
  try {
    await buildImages(engine, join(ROOT, '.cache', 'test-images'));
    const reason = await obstacleToContainers(engine);
    if (reason !== undefined) return { reason };
  } catch (error) {
    return { reason: `its images could not be made: ${error.message}` };
  }
  return engine;
}

async function engineToUse() {
  // Somebody's own engine, used because they said so.
  const given = process.env.QUAYSIDE_TEST_ENGINE_SOCKET;
  if (given !== undefined && given !== '')
    return { socketPath: given, env: { QUAYSIDE_TEST_ENGINE_SOCKET: given } };
  const engine = await startPrivateDockerd({ log: console.log });
  if (engine.reason !== undefined) return engine;
  return {
    ...engine,
    wrap: (command) => inEngineNamespace(engine, command),
    env: {
      QUAYSIDE_TEST_ENGINE_SOCKET: engine.socketPath,
      // Only the private engine has the small registry of the tests beside it.
      QUAYSIDE_TEST_REGISTRY_IMAGES: JSON.stringify(REGISTRY_IMAGES),
    },
  };
}
