// Many at once: all running, in one bulk request, between two runs of the raw engine doing the same.
import { goal, median, seconds, summaryOf, times } from '../figures.mjs';
import { canMeasure, cpuMsOf, treeOf } from '../processes.mjs';
import { deleteAll, instanceBody, startOnEngine, waitForCount } from './containers.mjs';
import { RawEngine } from './raw-engine.mjs';

/** As many engine steps at once as the provisioner takes. */
const ENGINE_STEPS_AT_ONCE = 8;
/** Covers one sweep and three probes of each instance. */
const WATCH_MS = 31_000;

export async function benchBulk(report, options) {
  const raw = new RawEngine(options.socketPath);
  const raws = [await startRaw(raw, options.instances)];
  for (const [label, dist] of builds(options)) {
    const product = await startOnEngine(options, dist);
    try {
      const tookMs = await startBulk(product.client, options.instances);
      const upkeep = label === 'product' ? await watch(product) : undefined;
      await deleteAll(product.client);
      raws.push(await startRaw(raw, options.instances));
      describe(report, { label, tookMs, raws: raws.slice(-2), instances: options.instances });
      if (upkeep !== undefined) describeUpkeep(report, options.instances, upkeep);
    } finally {
      await deleteAll(product.client).catch(() => undefined);
      await product.stop();
    }
  }
}

const builds = ({ dist, against }) => [
  ['product', dist],
  ...(against === undefined ? [] : [['earlier build', against]]),
];

async function startRaw(raw, count) {
  const made = [];
  let begun = 0;
  const startedAt = performance.now();
  const handshakes = [];
  const worker = async () => {
    while (begun < count) {
      begun += 1;
      const one = await raw.start();
      made.push(one);
      handshakes.push(raw.handshake(one));
    }
  };
  await Promise.all(Array.from({ length: ENGINE_STEPS_AT_ONCE }, worker));
  await Promise.all(handshakes);
  const took = performance.now() - startedAt;
  const remover = async () => {
    for (let one = made.pop(); one !== undefined; one = made.pop()) await raw.remove(one);
  };
  await Promise.all(Array.from({ length: ENGINE_STEPS_AT_ONCE }, remover));
  return took;
}

async function startBulk(client, count) {
  const operations = Array.from({ length: count }, () => ({ op: 'create', instance: instanceBody() }));
  const startedAt = performance.now();
  const { summary } = await client.json('POST', '/api/v1/mcp/instances/bulk', { operations });
  if (summary.accepted !== count) throw new Error(`${summary.failed} creates were refused`);
  await waitForCount(client, count, 'running');
  return performance.now() - startedAt;
}

/** What it costs to keep them running. */
async function watch(product) {
  if (!canMeasure()) return undefined;
  const pids = treeOf(product.pids[0]);
  const before = cpuMsOf(pids);
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  return (cpuMsOf(pids) - before) / (performance.now() - startedAt);
}

function describe(report, { label, tookMs, raws, instances }) {
  const ratio = tookMs / median(raws);
  report.add({
    id: 'P3',
    what: `${instances} instances in bulk until all are running (${label})`,
    figure: `${seconds(tookMs)}; raw ${raws.map(seconds).join(' and ')}; ${times(ratio)}`,
    goal: goal('≤ 1.3 × raw', ratio, { atMost: 1.3 }),
    data: { took_ms: tookMs, raw: summaryOf(raws), ratio },
  });
}

function describeUpkeep(report, instances, share) {
  report.add({
    id: 'P3',
    what: `keeping ${instances} containers running: CPU of the product over ${WATCH_MS / 1000} s`,
    figure: `${(share * 100).toFixed(1)} % of a core`,
    goal: goal('< 20 % of a core', share, { atMost: 0.2 }),
    data: { share },
  });
}
