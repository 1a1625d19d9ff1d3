// Many at once: all running, in one bulk request, in turns with the raw engine doing the same.
import pg from 'pg';
import { goal, inTurns, median, ms, seconds, summaryOf } from '../figures.mjs';
import { canMeasure, cpuMsOf, treeOf } from '../processes.mjs';
import { buildsOf, deleteAll, instanceBody, startOnEngine } from './containers.mjs';
import { RawEngine } from './raw-engine.mjs';

/** As many engine steps at once as the provisioner takes. */
const ENGINE_STEPS_AT_ONCE = 8;
/** Each contestant's first ones pay for what is loaded once. */
const WARM_UP_INSTANCES = 3;
const LOOK_EVERY_MS = 50;
const LIMIT_MS = 180_000;
/** Covers one sweep and three probes of each instance. */
const WATCH_MS = 31_000;

export async function benchBulk(report, options) {
  const { instances, bulkRounds } = options;
  const raw = new RawEngine(options.socketPath);
  const products = new Map();
  let upkeep;
  try {
    for (const [label, dist] of buildsOf(options)) products.set(label, await startOnEngine(options, dist));
    const contestants = { raw: () => startRaw(raw, instances) };
    for (const [label, product] of products)
      contestants[label] = async (round) => {
        const took = await startBulk(product, instances);
        if (label === 'product' && round === 0) upkeep = await watch(product);
        await deleteAll(product.client);
        return took;
      };
    await startRaw(raw, WARM_UP_INSTANCES);
    for (const product of products.values()) await warmUp(product);
    const measured = await inTurns(bulkRounds, contestants);
    for (const label of products.keys())
      describe(report, { label, instances, ours: measured[label], raws: measured.raw });
    if (upkeep !== undefined) describeUpkeep(report, instances, upkeep);
  } finally {
    for (const product of products.values()) {
      await deleteAll(product.client).catch(() => undefined);
      await product.stop();
    }
  }
}

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

async function warmUp(product) {
  await startBulk(product, WARM_UP_INSTANCES);
  await deleteAll(product.client);
}

/** The time, and the CPU of the product alone for each instance. */
async function startBulk({ client, pids, database }, count) {
  const operations = Array.from({ length: count }, () => ({ op: 'create', instance: instanceBody() }));
  const cpuBefore = cpuMsOf(pids);
  const startedAt = performance.now();
  const { summary } = await client.json('POST', '/api/v1/mcp/instances/bulk', { operations });
  if (summary.accepted !== count) throw new Error(`${summary.failed} creates were refused`);
  await allRun(database, count);
  return { tookMs: performance.now() - startedAt, cpuMs: (cpuMsOf(pids) - cpuBefore) / count };
}

/** Read from the database: to ask the product would be part of what is measured. */
async function allRun({ url }, count) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const deadline = performance.now() + LIMIT_MS;
  try {
    for (;;) {
      const { rows } = await client.query(
        `SELECT count(*)::int AS n FROM instance_view WHERE status = 'running'`,
      );
      if (rows[0].n === count) return;
      if (performance.now() > deadline) throw new Error(`${rows[0].n} run instead of ${count}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    await client.end();
  }
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

function describe(report, { label, instances, ours, raws }) {
  const times = ours.map(({ tookMs }) => tookMs);
  const ratio = median(times) / median(raws);
  const cpuMs = median(ours.map((each) => each.cpuMs));
  report.add({
    id: 'P3',
    what: `${instances} instances in bulk until all are running (${label})`,
    figure: `${times.map(seconds).join(', ')}; raw ${raws.map(seconds).join(', ')}; ${ratio.toFixed(2)} ×`,
    goal: goal('≤ 1.3 × raw', ratio, { atMost: 1.3 }),
    data: { product: summaryOf(times), raw: summaryOf(raws), ratio },
  });
  if (!canMeasure()) return;
  report.add({
    id: 'P3',
    what: `the same: CPU of the product for each instance (${label})`,
    figure: ms(cpuMs),
    data: { cpu_ms: cpuMs },
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
