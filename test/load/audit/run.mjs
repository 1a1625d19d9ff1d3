// `npm run bench:audit`: what the record of a call costs against the call, and what knowing and admitting a caller costs against
// a route that is open to everybody. CPU time of processes, measured in turns within one run; never fails because a figure is bad.
//   QUAYSIDE_TEST_DATABASE_URL=… node test/load/audit/run.mjs
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorOfMedian, median } from '../figures.mjs';
import { HttpClient } from '../http-client.mjs';
import { describeMachine } from '../machine.mjs';
import { cpuMsOf } from '../processes.mjs';
import { DIST } from '../product.mjs';
import { startProgram } from '../gateway/children.mjs';
import { Gateway } from '../gateway/gateway.mjs';
import { Load } from '../gateway/load.mjs';

const ROUNDS = 5;
const SESSIONS = 16;
const SMALL = 16;
const WARM_UP = 5_000;
const CALLS = 4_000;
const REQUESTS = 4_000;
/** Half a second of work at least: of less, what compiles and collects beside it is most. */
const RECORDS = 100_000;
/** In a gateway the code is hot. */
const RECORDS_BEFORE = 40_000;
/** As many as one flush of half a second holds under load. */
const BATCH = 1_000;
const AT_ONCE = 16;
/** More than one flush of records in each turn: each side pays for its own. What is small against the noise needs many turns. */
const RATES = {
  sdk: { rounds: 25, count: 6_000, before: 2_000 },
  echo: { rounds: 9, count: 10_000, before: 3_000 },
};
/** Records wait half a second at most. */
const WRITTEN_WITHIN_MS = 700;

const dist = process.env.QUAYSIDE_TEST_DIST ?? DIST;
const product = createRequire(join(dist, 'src', 'main.js'));
const { Database } = product('../libs/database/src/index.js');
const { Metrics, Scrubber, requestContext, systemScope } = product('../libs/telemetry/src/index.js');
const { Keyring } = product('../libs/security/src/index.js');
const { BatchedCallLedger } = product('./gateway/records/batched-call-ledger.js');
const { CallMetrics } = product('./gateway/records/call-metrics.js');
const { SqlCallStore } = product('./gateway/persistence/sql-call.store.js');
const { ChainKeys } = product('./audit/chain/chain-keys.js');
const { SealStore } = product('./audit/persistence/seal-store.js');
const { SealableRows } = product('./audit/persistence/sealable-rows.js');
const { ChainWriter } = product('./audit/sealer/chain-writer.js');

const started = [];
const starting = async (each) => {
  started.push(await each);
  return started.at(-1);
};
const ownCpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

try {
  const upstream = await starting(startProgram('echo-upstream.mjs', 'older'));
  const gateway = await starting(Gateway.start({ serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL, dist }));
  const load = await starting(new Load());
  await gateway.addServer('cost', upstream.port, 'older');
  const face = { key: 'relay', target: gateway.target('/servers/cost/mcp', 'older'), sessions: SESSIONS };
  await load.order('open', face);
  const calls = (count) =>
    load.order('calls', { key: 'relay', sessions: SESSIONS, payloadBytes: SMALL, count });
  await calls(WARM_UP);

  const db = await Database.open({
    url: gateway.product.database.url,
    applicationName: 'bench',
    poolSize: 2,
  });
  started.push({ stop: () => db.close() });
  const metrics = new Metrics();
  const ledger = new BatchedCallLedger(
    new SqlCallStore(db),
    new Scrubber(),
    new CallMetrics(metrics),
    metrics,
  );
  const keys = new ChainKeys(Keyring.fromSetting(Buffer.alloc(32, 7).toString('base64')));
  const writer = new ChainWriter(new SealableRows(db), new SealStore(db), keys);
  const client = new HttpClient(gateway.product.client.port);
  const bearer = gateway.product.client.headers;

  const figures = { call: [], record: [], seal: [], open: [], guarded: [] };
  const sdk = await starting(startProgram('sdk-upstream.mjs'));
  const rates = {
    sdk: await throughput('sdk', sdk.port, load),
    echo: await throughput('echo', upstream.port, load),
  };
  await record(ledger, RECORDS_BEFORE);
  await seal(writer);
  await requests(client, '/health/live', {}, WARM_UP / 5);
  await requests(client, '/api/v1/me', bearer, WARM_UP / 5);
  for (let round = 0; round < ROUNDS; round += 1) {
    figures.call.push(await costOf(gateway.pid, CALLS, () => calls(CALLS)));
    figures.record.push(await ownCost(RECORDS, () => record(ledger, RECORDS)));
    figures.seal.push(await ownCost(RECORDS, () => seal(writer)));
    figures.open.push(
      await costOf(gateway.pid, REQUESTS, () => requests(client, '/health/live', {}, REQUESTS)),
    );
    figures.guarded.push(
      await costOf(gateway.pid, REQUESTS, () => requests(client, '/api/v1/me', bearer, REQUESTS)),
    );
  }
  report(figures, rates);
} finally {
  for (const each of started.reverse()) await each.stop();
}

/** Calls a second with the trail and without it, in turns in one process: `{with, without, ratio, error}`. */
async function throughput(upstream, upstreamPort, load) {
  const rates = { with: [], without: [] };
  const { count, before, rounds } = RATES[upstream];
  const calls = (many) =>
    load.order('calls', { key: upstream, sessions: SESSIONS, payloadBytes: SMALL, count: many });
  const gateway = await Gateway.start({
    serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL,
    ...{ dist, preload: [join(import.meta.dirname, 'without-records.cjs')] },
  });
  try {
    await gateway.addServer('cost', upstreamPort, 'older');
    const target = gateway.target('/servers/cost/mcp', 'older');
    await load.order('open', { key: upstream, target, sessions: SESSIONS });
    await calls(WARM_UP);
    let current = 'with';
    for (let round = 0; round < rounds; round += 1)
      for (const side of round % 2 === 0 ? ['with', 'without'] : ['without', 'with']) {
        if (side !== current) {
          process.kill(gateway.pid, 'SIGUSR2');
          current = side;
        }
        // What is written late in a turn belongs to the calls of its beginning.
        await calls(before);
        const startedAtMs = performance.now();
        await calls(count);
        rates[side].push((count / (performance.now() - startedAtMs)) * 1_000);
        await delay(WRITTEN_WITHIN_MS);
      }
  } finally {
    await gateway.stop();
  }
  const ratios = rates.with.map((rate, round) => rate / rates.without[round]);
  return {
    ...{ with: median(rates.with), without: median(rates.without) },
    ...{ ratio: median(ratios), error: errorOfMedian(ratios) },
  };
}

/** Milliseconds of CPU for one of `count`. */
async function costOf(pid, count, work) {
  const before = cpuMsOf([pid]);
  await work();
  return (cpuMsOf([pid]) - before) / count;
}

async function ownCost(count, work) {
  const before = ownCpuMs();
  await work();
  return (ownCpuMs() - before) / count;
}

async function record(ledger, count) {
  const scope = { ...systemScope('bench'), address: '127.0.0.1' };
  const instanceId = randomUUID();
  for (let made = 0; made < count; made += BATCH) {
    requestContext.run(scope, () => {
      for (let one = 0; one < BATCH; one += 1) ledger.record(recordOf(instanceId));
    });
    await ledger.flush();
  }
}

/** Written out: joining objects would cost four times what the ledger does with them. */
function recordOf(instanceId) {
  return {
    face: 'server',
    method: 'tools/call',
    target: 'echo',
    instanceId,
    serverName: 'cost',
    outcome: 'ok',
    protocolVersion: '2025-11-25',
    durationMs: 1.25 + Math.random(),
    upstreamMs: 0.75 + Math.random() / 2,
  };
}

async function seal(writer) {
  while ((await writer.round()) > 0);
}

async function requests(client, path, headers, count) {
  let left = count;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await client.send('GET', path, undefined, headers);
      if (status !== 200) throw new Error(`${path} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

function report(figures, rates) {
  const [call, recorded, sealed, open, guarded] = ['call', 'record', 'seal', 'open', 'guarded'].map((name) =>
    median(figures[name]),
  );
  const of = (share) => `${((share / call) * 100).toFixed(1)} %`;
  const us = (ms) => `${(ms * 1_000).toFixed(1)} µs`;
  console.log(describeMachine().words);
  console.log(`call through the relay, record included   ${us(call)} CPU of the gateway`);
  console.log(`record of a call, written                 ${us(recorded)}   ${of(recorded)} of the call`);
  console.log(`seal of a call, in the worker             ${us(sealed)}   ${of(sealed)} of the call`);
  fewer('a server on the official SDK', rates.sdk);
  fewer('a server that does nothing', rates.echo);
  console.log(`open route                                ${us(open)}`);
  console.log(`guarded route                             ${us(guarded)}`);
  console.log(`authenticate and authorise                ${us(guarded - open)} (goal 150 µs)`);
}

function fewer(server, rate) {
  const share = `${((1 - rate.ratio) * 100).toFixed(1)} ± ${(rate.error * 100).toFixed(1)}`;
  console.log(
    `calls a second of ${server}, with the trail ÷ without it: ${share} % fewer, ${rate.with.toFixed(0)}/s, ${rate.without.toFixed(0)}/s (goal 3 %)`,
  );
}
