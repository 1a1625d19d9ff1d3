// Two gateway processes with twice the clients against one: what a call costs must not depend on how many processes there are.
import { startProgram } from '../gateway/children.mjs';
import { insertServers, knows } from '../gateway/gateway.mjs';
import { Load } from '../gateway/load.mjs';
import { inTurns } from '../figures.mjs';
import { cpuMsOf } from '../processes.mjs';
import { Product } from '../product.mjs';
import { startRedis } from '../redis.mjs';
import { costRow } from './cost-row.mjs';

const ROUNDS = 7;
/** Of each process. */
const SESSIONS = 8;
const CALLS = 6_000;
const WARM_UP_CALLS = 6_000;
const PAYLOAD_BYTES = 16;
const ROLES = ['gateway', 'gateway#2'];

/** With Redis, as roles apart have it: the processes share the counts of the limits there. */
export async function benchGateways(report, { serverUrl, dist }) {
  const started = [];
  const starting = async (each) => {
    started.push(await each);
    return started.at(-1);
  };
  try {
    const redis = await starting(startRedis());
    const upstream = await starting(startProgram('echo-upstream.mjs', 'older'));
    const product = await starting(
      Product.start({ serverUrl, dist, roles: ROLES, env: { REDIS_URL: redis.url, LOG_LEVEL: 'warn' } }),
    );
    const load = await starting(new Load());
    await insertServers(product.database.url, ['bench'], upstream.port, 'older');
    for (const role of ROLES) await openSessions(load, product.clientOf(role), role);
    const through = (roles) => () => cost(load, product, roles);
    const measured = await inTurns(ROUNDS, { one: through(ROLES.slice(0, 1)), two: through(ROLES) });
    costRow(report, {
      what: `call through 2 gateway processes ÷ through 1, ${SESSIONS} sessions each`,
      unit: 'calls',
      ...measured,
    });
  } finally {
    for (const each of started.reverse()) await each.stop();
  }
}

async function openSessions(load, client, key) {
  await knows(client, 'bench');
  const target = { port: client.port, path: '/servers/bench/mcp', era: 'older', headers: client.headers };
  await load.order('open', { key, target, sessions: SESSIONS });
  await calls(load, key, WARM_UP_CALLS);
}

const calls = (load, key, count) =>
  load.order('calls', { key, sessions: SESSIONS, payloadBytes: PAYLOAD_BYTES, count });

/** Of the processes that serve, whatever else they do meanwhile. */
async function cost(load, product, roles) {
  const pids = roles.map((role) => product.pidOf(role));
  const before = cpuMsOf(pids);
  const startedAt = performance.now();
  await Promise.all(roles.map((role) => calls(load, role, CALLS)));
  const count = CALLS * roles.length;
  return {
    cpuSPer1000: (cpuMsOf(pids) - before) / count,
    rate: (count / (performance.now() - startedAt)) * 1_000,
  };
}
