import { join } from 'node:path';
import { findLauncher, SwarmEngine } from '@app/container-engine';
import { describeWithEngine } from '@app/testing';
import { engineContract } from './engine-contract';
import { SwarmWorld } from './swarm-world';

const LAUNCHER = findLauncher(join(__dirname, '..', '..', '..'));
const NODE = '/usr/local/bin/node';
const BASE = { kind: 'image', image: 'quayside-test/base' } as const;
const ECHO = { kind: 'image', image: 'quayside-test/echo-stdio' } as const;
const START_LIMIT_MS = 180_000;

describeWithEngine('SwarmEngine', () => {
  let swarm: SwarmWorld;
  beforeAll(async () => {
    swarm = await SwarmWorld.start();
  }, START_LIMIT_MS);

  const withLauncher = LAUNCHER === undefined ? {} : { launcherPath: LAUNCHER };

  engineContract({
    open: () => new SwarmEngine({ host: swarm.host, ...withLauncher }),
    stdioServer: ECHO,
    exits: { kind: 'image', image: 'quayside-test/exits' },
    ticks: { workload: BASE, command: [NODE, '-e', 'setInterval(() => console.log("tick"), 50)'] },
    unsupported: { kind: 'bundled', name: 'echo' },
    hasNetworks: true,
  });

  // After what the contract cleans up.
  afterAll(() => swarm.stop(), START_LIMIT_MS);
});
