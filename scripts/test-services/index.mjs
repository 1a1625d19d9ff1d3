// What `npm test` starts outside Node, in one call: Redis, a private container engine with images, the launcher.
import { join } from 'node:path';
import { buildLauncher } from '../build-launcher.mjs';
import { ROOT } from '../prepare.mjs';
import { inEngineNamespace, startPrivateDockerd } from './dockerd.mjs';
import { buildImages, obstacleToContainers } from './images.mjs';
import { ensureRedisServer } from './redis.mjs';
import { REGISTRY_IMAGES } from './registry.mjs';

/** Projects of jest.config.cjs whose specs use something of this. */
const NEED_REDIS = ['integration', 'contract', 'e2e', 'long'];
const NEED_ENGINE = ['integration', 'contract', 'e2e', 'long'];

const timed = async (title, work) => {
  const startedAt = performance.now();
  const answer = await work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${title}: ${answer.reason === undefined ? `ready (${seconds} s)` : `not available, ${answer.reason}`}`,
  );
  return answer;
};

/**
 * `{env, missing, wrap(command), stop()}`. `env` is for the test runner and its children; `wrap` puts a command into
 * the engine's network, where containers have addresses; `missing` names what could not be had, with the reason.
 */
export async function startServices({ needed }) {
  const env = {};
  const missing = [];
  const note = (name, { reason }) => reason !== undefined && missing.push({ name, reason });
  let engine;

  if (needed.some((project) => NEED_REDIS.includes(project))) {
    note('Redis', await timed('Redis', () => ensureRedisServer(console.log)));
  }
  if (needed.some((project) => NEED_ENGINE.includes(project))) {
    note('launcher', await timed('Launcher', () => buildLauncher()));
    engine = await timed('Container engine', startEngine);
    note('container engine', engine);
    if (engine.reason !== undefined) engine = undefined;
    else Object.assign(env, engineEnvironment(engine));
  }

  const stop = async () => {
    await engine?.stop();
    engine = undefined;
  };
  return {
    env,
    missing,
    stop,
    wrap: (command) => (engine === undefined ? command : inEngineNamespace(engine, command)),
  };
}

async function startEngine() {
  if (process.env.QUAYSIDE_TEST_ENGINE === 'off') return { reason: 'switched off by QUAYSIDE_TEST_ENGINE' };
  const engine = await startPrivateDockerd({ log: console.log });
  if (engine.reason !== undefined) return engine;
  try {
    await buildImages(engine, join(ROOT, '.cache', 'test-images'));
    const reason = await obstacleToContainers(engine);
    if (reason === undefined) return engine;
    await engine.stop();
    return { reason };
  } catch (error) {
    await engine.stop();
    return { reason: `the images for tests could not be made: ${error.message}` };
  }
}

const engineEnvironment = (engine) => ({
  QUAYSIDE_TEST_ENGINE_SOCKET: engine.socketPath,
  QUAYSIDE_TEST_REGISTRY_IMAGES: JSON.stringify(REGISTRY_IMAGES),
});
