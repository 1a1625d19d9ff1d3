// Accepted → running: one instance after the other, in turns with the same steps done by hand.
import { goal, halfSpread, inTurns, median, ms, summaryOf, times } from '../figures.mjs';
import { buildsOf, deleteAll, instanceBody, startOnEngine } from './containers.mjs';
import { RawEngine } from './raw-engine.mjs';

const FACTOR = 1.5;
const ALLOWANCE_MS = 150;
const PATH = '/api/v1/mcp/instances';

export async function benchStart(report, options) {
  const raw = new RawEngine(options.socketPath);
  const products = new Map();
  try {
    for (const [label, dist] of buildsOf(options)) products.set(label, await startOnEngine(options, dist));
    const contestants = { raw: () => startRaw(raw) };
    for (const [label, product] of products) contestants[label] = () => startOne(product.client);
    // The first of each pays for what is loaded once.
    await inTurns(1, contestants);
    const measured = await inTurns(options.rounds, contestants);
    for (const label of products.keys()) describe(report, label, measured[label], measured.raw);
  } finally {
    for (const product of products.values()) {
      await deleteAll(product.client).catch(() => undefined);
      await product.stop();
    }
  }
}

async function startRaw(raw) {
  const startedAt = performance.now();
  const made = await raw.start();
  await raw.handshake(made);
  const took = performance.now() - startedAt;
  await raw.remove(made);
  return { total: took };
}

async function startOne(client) {
  const startedAt = performance.now();
  const { id, status } = await client.json('POST', `${PATH}?wait=60`, instanceBody());
  const total = performance.now() - startedAt;
  if (status !== 'running') throw new Error(`${id} is ${status}`);
  await client.json('DELETE', `${PATH}/${id}?wait=60`);
  return { total };
}

function describe(report, label, ours, raws) {
  const totals = ours.map(({ total }) => total);
  const rawTotals = raws.map(({ total }) => total);
  const limit = median(rawTotals) * FACTOR + ALLOWANCE_MS;
  const ratio = median(totals) / median(rawTotals);
  report.add({
    id: 'P2',
    what: `accepted → running, echo container (${label}), median of ${totals.length}`,
    figure: `${ms(median(totals))} ± ${ms(halfSpread(totals))}; raw ${ms(median(rawTotals))} ± ${ms(halfSpread(rawTotals))}; ${times(ratio)}`,
    goal: goal(`≤ ${ms(limit)} (1.5 × + 150 ms)`, median(totals), { atMost: limit }),
    data: { product: summaryOf(totals), raw: summaryOf(rawTotals), ratio },
  });
}
