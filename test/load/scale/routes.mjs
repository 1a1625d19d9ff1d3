// A call with 1,000 instances in the routing table against one with 10, each call to another of them.
import { goal, halfSpread, inTurns, median, ms, percentile, times } from '../figures.mjs';
import { startProgram } from '../gateway/children.mjs';
import { insertServers, knows } from '../gateway/gateway.mjs';
import { drive } from '../http-client.mjs';
import { cpuMsOf } from '../processes.mjs';
import { Product } from '../product.mjs';

const SIZES = { few: 10, many: 1_000 };
const ROUNDS = 7;
const ROUND_MS = 3_000;
const AT_ONCE = 4;
/** Of a call: what a longer table may add before it is not flat any more. */
const MOST = 1.15;

/** Two installations, measured in turns. */
export async function benchRoutes(report, options) {
  const started = [];
  try {
    const upstream = await startProgram('echo-upstream.mjs', 'older');
    started.push(upstream);
    const sites = {};
    for (const [name, size] of Object.entries(SIZES)) {
      const product = await Product.start({ ...options, roles: ['gateway'], env: { LOG_LEVEL: 'warn' } });
      started.push(product);
      sites[name] = await settle(product, upstream.port, size);
    }
    const measured = await inTurns(ROUNDS, {
      few: () => round(sites.few),
      many: () => round(sites.many),
    });
    judge(report, measured, 'p50', (value) => ms(value), 'time of a call, p50');
    judge(report, measured, 'cpuMs', (value) => `${value.toFixed(2)} ms`, 'CPU of a call');
    const tail = (name) => median(measured[name].map(({ p95 }) => p95));
    report.add({
      ...{ id: 'S2', what: `the same, p95: ${SIZES.few} → ${SIZES.many} instances` },
      figure: `${ms(tail('few'))} → ${ms(tail('many'))}`,
      data: measured,
    });
  } finally {
    for (const each of started.reverse()) await each.stop();
  }
}

/** Each server was called once before anything is measured: its session is open, as it is in daily work. */
async function settle(product, port, size) {
  const names = Array.from({ length: size }, (_, at) => `bench-${at}`);
  await insertServers(product.database.url, names, port, 'older');
  for (const name of names) await knows(product.client, name);
  const site = { client: product.client, pid: product.pidOf('gateway'), names, turn: 0 };
  for (let at = 0; at < Math.max(size, SIZES.many); at += 1) await call(site);
  return site;
}

async function call(site) {
  site.turn += 1;
  const server = site.names[site.turn % site.names.length];
  const body = { server_name: server, tool_name: 'echo', arguments: { message: 'hello' } };
  const answer = await site.client.send('POST', '/api/v1/mcp/tools/call', body);
  if (answer.status !== 200) throw new Error(`${server} answered ${answer.status}: ${answer.body}`);
  return answer.ms;
}

async function round(site) {
  const before = cpuMsOf([site.pid]);
  const { times: all } = await drive(ROUND_MS, AT_ONCE, () => call(site));
  return {
    p50: percentile(all, 50),
    p95: percentile(all, 95),
    cpuMs: (cpuMsOf([site.pid]) - before) / all.length,
  };
}

function judge(report, { few, many }, name, words, what) {
  const ratios = many.map((figures, at) => figures[name] / few[at][name]);
  const ratio = median(ratios);
  const side = (rounds) => words(median(rounds.map((figures) => figures[name])));
  report.add({
    id: 'S2',
    what: `${what}: ${SIZES.many} ÷ ${SIZES.few} instances in the table`,
    figure: `${times(ratio)} ± ${halfSpread(ratios).toFixed(2)} (${side(few)} → ${side(many)})`,
    goal: goal(`flat: ≤ ${MOST} ×`, ratio, { atMost: MOST }),
    data: { ratios },
  });
}
