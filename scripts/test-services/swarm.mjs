// A private container engine that is a swarm of one node, for the tests of the Swarm engine: swarm mode of the shared one
// would change it for everybody. Started by a test, it says where it is as one line of JSON, and ends with its standard
// input, as its keeper does.
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';
import { startPrivateDockerd } from './dockerd.mjs';
import { engineRequest } from './engine-request.mjs';
import { buildImages } from './images.mjs';

/** Images that were made here have no digest of a registry, and Swarm would ask one for it. */
const WITHOUT_REGISTRY = { DOCKER_SERVICE_PREFER_OFFLINE_IMAGE: '1' };

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const engine = await startPrivateDockerd({ env: WITHOUT_REGISTRY });
const end = async (code) => {
  await engine.stop?.();
  process.exit(code);
};
process.stdin
  .on('end', () => void end(0))
  .on('error', () => void end(0))
  .resume();

if (engine.reason === undefined) {
  try {
    await buildImages(engine, join(ROOT, '.cache', 'test-images'));
    const body = { ListenAddr: '127.0.0.1:2377', AdvertiseAddr: '127.0.0.1' };
    await engineRequest(engine.socketPath, 'POST', '/swarm/init', { body });
    say({ socketPath: engine.socketPath, nsenterArgs: engine.nsenterArgs });
  } catch (error) {
    say({ reason: error.message });
    await end(1);
  }
} else {
  say(engine);
  await end(1);
}
