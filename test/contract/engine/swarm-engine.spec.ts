import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { findLauncher, SwarmEngine, SwarmManagerMissingError } from '@app/container-engine';
import { describeWithEngine } from '@app/testing';
import { SwarmWorld } from '../../e2e/swarm-world';
import { engineContract } from './engine-contract';

const LAUNCHER = findLauncher(join(__dirname, '..', '..', '..'));
const NODE = '/usr/local/bin/node';
const BASE = { kind: 'image', image: 'quayside-test/base' } as const;
const START_LIMIT_MS = 180_000;

/** What is its own, such as doors and the drain of a node, takes longer: test/e2e/stories/swarm-engine.long-spec.ts. */
describeWithEngine('SwarmEngine', ({ host: plainHost }) => {
  let swarm: SwarmWorld;
  beforeAll(async () => {
    swarm = await SwarmWorld.start();
  }, START_LIMIT_MS);

  engineContract({
    open: () =>
      new SwarmEngine({ host: swarm.host, ...(LAUNCHER !== undefined && { launcherPath: LAUNCHER }) }),
    stdioServer: { kind: 'image', image: 'quayside-test/echo-stdio' },
    exits: { kind: 'image', image: 'quayside-test/exits' },
    ticks: { workload: BASE, command: [NODE, '-e', 'setInterval(() => console.log("tick"), 50)'] },
    unsupported: { kind: 'bundled', name: 'echo' },
    hasNetworks: true,
  });

  // After what the contract cleans up.
  afterAll(() => swarm.stop(), START_LIMIT_MS);

  it('refuses an engine that is no manager, with a way out', async () => {
    const plain = new SwarmEngine({ host: plainHost });
    await expect(plain.ping()).rejects.toThrow(SwarmManagerMissingError);
    await expect(plain.ping()).rejects.toThrow('its swarm mode is inactive');
    await expect(plain.list({ installation: randomUUID() })).rejects.toThrow(SwarmManagerMissingError);
    await plain.close();
  });
});
