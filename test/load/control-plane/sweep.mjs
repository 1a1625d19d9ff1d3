// One full sweep over many running instances: real database, real reconciler, an engine in memory and servers that
// answer at once. 200 real containers would measure the machine's memory, and their start would outlast everything else.
import { randomBytes, randomUUID } from 'node:crypto';
import { goal, median, ms, seconds, summaryOf } from '../figures.mjs';
import { DIST, load, makeDatabase } from '../product.mjs';

const INSTANCES = 200;
const ROUNDS = 7;
const EVERY_MS = 30_000;
/** Out of the way: here every sweep finds every probe due, which is the most that it can have to do. */
const PROBE_EVERY_MS = 3_600_000;
const IMAGE = 'example/server:1';
const INSTALLATION = 'bench';
const LIMIT_MS = 60_000;

export async function benchSweep(report, { serverUrl, dist = DIST }) {
  const made = await makeDatabase(serverUrl, dist);
  const { Database } = load('libs/database/src/index.js', dist);
  const database = await Database.open({ url: made.url, applicationName: 'quayside-bench', poolSize: 5 });
  const parts = assembleParts(database, dist);
  try {
    await fill(database);
    await startLeading(parts);
    await sweepOnce(parts);
    const runs = [];
    for (let round = 0; round < ROUNDS; round += 1) runs.push(await sweepOnce(parts));
    describe(report, runs);
  } finally {
    await parts.reconciler.looks.stop();
    await parts.outbox.stop();
    await parts.leadership.stop();
    await database.close();
    await made.drop();
  }
}

/** The provisioner as its own factory puts it together, with doubles where the world would begin. */
function assembleParts(database, dist) {
  const from = (path) => load(path, dist);
  const { Logger } = from('../node_modules/@nestjs/common');
  Logger.overrideLogger(false);
  const { MemoryEngine } = from('libs/container-engine/src/index.js');
  const { EgressPolicy, Keyring } = from('libs/security/src/index.js');
  const { Scrubber } = from('libs/telemetry/src/index.js');
  const { systemClock } = from('libs/kernel/src/index.js');
  const { ProvisionerOptions } = from('src/provisioner/provisioner.options.js');
  const docker = new MemoryEngine();
  docker.addImage(IMAGE, { exposedPorts: [8080] });
  return from('src/provisioner/assemble.js').assemble({
    options: new ProvisionerOptions({
      installationId: INSTALLATION,
      docker,
      bundled: new MemoryEngine(),
      bridgeHost: '127.0.0.1',
      timing: { sweepEveryMs: EVERY_MS, probeIntervalMs: PROBE_EVERY_MS },
    }),
    surroundings: {
      database,
      queues: { add: () => Promise.resolve() },
      egress: new EgressPolicy({}),
      prober: { ...PROBER },
    },
    secrets: {
      reader: { read: () => Promise.resolve(new Map()) },
      keyring: Keyring.fromSetting(randomBytes(32).toString('base64')),
      scrubber: new Scrubber(),
    },
    clock: systemClock,
  });
}

const PROBER = {
  probe: () => Promise.resolve({ era: 'newer', tools: 2, latencyMs: 1, transport: 'streamable-http' }),
  forget: () => undefined,
  onToolsChanged: () => undefined,
  close: () => Promise.resolve(),
};

async function fill(database) {
  await database.execute(
    `INSERT INTO instances (id, name, json_spec, desired_state, generation)
     SELECT id, 'bench-' || n, $2, 'running', 1 FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, n)`,
    [
      Array.from({ length: INSTANCES }, () => randomUUID()),
      JSON.stringify({ type: 'docker', image: IMAGE, port: 8080 }),
    ],
  );
}

async function startLeading({ engines, leadership }) {
  await engines.start();
  await new Promise((resolve) =>
    leadership.start({ onGained: resolve, onLost: () => undefined, onUsurped: () => undefined }),
  );
}

/** From the order to sweep until every instance was looked at and nothing is under way. */
async function sweepOnce({ sweep, reconciler, memories }) {
  const { looks } = reconciler;
  const look = looks.look.bind(looks);
  const seen = new Set();
  looks.look = (id, generation) => {
    seen.add(id);
    const memory = memories.of(id);
    memory.setHealth(0, { ...memory.healthOf(0), nextProbeAtMs: 0 });
    look(id, generation);
  };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  sweep.start();
  while (seen.size < INSTANCES || !looks.isIdle()) {
    if (performance.now() - startedAt > LIMIT_MS) throw new Error('a sweep did not end');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const tookMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  sweep.stop();
  delete looks.look;
  return { tookMs, cpuMs: (user + system) / 1000 };
}

function describe(report, runs) {
  const tookMs = median(runs.map((run) => run.tookMs));
  const cpuMs = median(runs.map((run) => run.cpuMs));
  const share = cpuMs / EVERY_MS;
  report.add({
    id: 'P3',
    what: `sweep of ${INSTANCES} instances with a probe of each (engine in memory)`,
    figure: `${ms(tookMs)}; ${ms(cpuMs)} of CPU`,
    goal: goal('< 3 s', tookMs, { atMost: 3_000 }),
    data: { took: summaryOf(runs.map((run) => run.tookMs)), cpu: summaryOf(runs.map((run) => run.cpuMs)) },
  });
  report.add({
    id: 'P3',
    what: `the same every ${seconds(EVERY_MS)}`,
    figure: `${(share * 100).toFixed(2)} % of a core`,
    goal: goal('< 20 % of a core', share, { atMost: 0.2 }),
    data: { share },
  });
}
