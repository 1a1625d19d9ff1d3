// G10: the official demonstration server behind provisioner, bridge and gateway, against its bare pipes.
import { perSecond } from '../figures.mjs';
import { DIST, load as loadCompiled, Product } from '../product.mjs';
import { Load, rssOf } from './load.mjs';
import { cpuMsOf, treeOf } from '../processes.mjs';
import { orderOf } from './stage.mjs';

/** The bridge belongs to the provisioner: two processes of ours are on the way. */
const ROLES = ['gateway', 'api', 'worker', 'provisioner'];
const SESSIONS = 16;
const MANY_SESSIONS = 64;
const SMALL = 16;
const WARM_UP_MS = 3_000;
const MEBIBYTE = 1_048_576;
const HEAD = ['contestant', 'calls', 'CPU s / 1,000: gateway, provisioner, server', 'p50 / p99 ms'];

export async function benchStdio(table, { serverUrl, dist = DIST, rounds, roundMs }) {
  const product = await Product.start({ serverUrl, dist, roles: ROLES, env: { LOG_LEVEL: 'warn' } });
  const load = new Load();
  try {
    const body = { name: 'piped', json_spec: { type: 'stdio', command: 'everything' } };
    const { status } = await product.clientOf('api').json('POST', '/api/v1/mcp/instances?wait=60', body);
    if (status !== 'running') throw new Error(`the stdio server is ${status}`);
    const { port, headers } = product.client;
    const { packageProgram } = loadCompiled('src/bundled/index.js', dist);
    const command = [packageProgram('@modelcontextprotocol/server-everything'), 'stdio'];
    await load.order('openPipes', { key: 'stdio-direct', command });
    const target = { port, path: '/servers/piped/mcp', era: 'older', headers };
    await load.order('open', { key: 'stdio-bridge', target, sessions: SESSIONS });
    await compare(table, load, { rounds, roundMs, product });
    await weigh(table, load, { target, pids: product.pids, roundMs });
  } finally {
    load.stop();
    await product.stop();
  }
}

async function compare(table, load, { rounds, roundMs, product }) {
  const names = ['stdio-direct', 'stdio-bridge'];
  const about = (key, durationMs) => ({ key, sessions: SESSIONS, payloadBytes: SMALL, durationMs });
  const orders = { 'stdio-direct': 'pipedCalls', 'stdio-bridge': 'calls' };
  for (const key of names) await load.order(orders[key], about(key, WARM_UP_MS));
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const key of orderOf(names, round))
      runs[key].push(await costed(product, () => load.order(orders[key], about(key, roundMs))));
  const rows = names.map((name) => {
    const { rate, p50, p99, costs } = runs[name].toSorted((a, b) => a.rate - b.rate)[Math.floor(rounds / 2)];
    const cost = name === 'stdio-bridge' ? costs.map((each) => each.toFixed(3)).join(', ') : '–';
    return [name, perSecond(rate), cost, `${p50.toFixed(1)} / ${p99.toFixed(1)}`];
  });
  table.detail('a stdio server, 16 sessions', HEAD, rows);
  const ratios = runs['stdio-bridge'].map(({ rate }, round) => rate / runs['stdio-direct'][round].rate);
  table.judge('G10', 'stdio through the bridge, 16 sessions: rate ÷ bare pipes', ratios, {
    atLeast: [0.2, 0.35],
  });
}

/** The CPU time that each process on the way took for 1,000 calls. */
async function costed(product, work) {
  const provisioner = product.pidOf('provisioner');
  const groups = [
    [product.pidOf('gateway')],
    [provisioner],
    treeOf(provisioner).filter((pid) => pid !== provisioner),
  ];
  const before = groups.map(cpuMsOf);
  const figures = await work();
  return { ...figures, costs: groups.map((pids, at) => (cpuMsOf(pids) - before[at]) / figures.count) };
}

/** Four times the sessions: there must be as many processes as before, and hardly more memory. */
async function weigh(table, load, { target, pids, roundMs }) {
  const look = () => {
    const all = pids.flatMap(treeOf);
    return { processes: all.length, rss: rssOf(all) };
  };
  const before = look();
  await load.order('open', { key: 'stdio-bridge', target, sessions: MANY_SESSIONS });
  const about = { key: 'stdio-bridge', sessions: MANY_SESSIONS, payloadBytes: SMALL, durationMs: roundMs };
  await load.order('calls', about);
  const after = look();
  const what = `stdio: processes more with ${MANY_SESSIONS} sessions than with ${SESSIONS}`;
  table.judge('G10', what, [after.processes - before.processes], { atMost: [0, 0], unit: '' });
  const [from, to] = [before.rss, after.rss].map((rss) => (rss / MEBIBYTE).toFixed(0));
  table.note(
    `G10: memory of all roles and the server with ${SESSIONS} sessions ${from} MiB, with ${MANY_SESSIONS} ${to} MiB.`,
  );
}
