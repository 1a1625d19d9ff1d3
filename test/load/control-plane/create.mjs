// Accepting: `POST /mcp/instances` on an API process of its own (nothing is started), against the floor.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goal, inTurns, median, ms, percentile, perSecond, times } from '../figures.mjs';
import { drive, HttpClient } from '../http-client.mjs';
import { makeDatabase, Product } from '../product.mjs';

const RAW_SERVER = join(dirname(fileURLToPath(import.meta.url)), 'raw-create-server.mjs');
const ROUNDS = 5;
const ROUND_MS = 1_000;
const WARM_UP_MS = 2_000;
const CONNECTIONS = [1, 16, 50];
const SPEC = { type: 'docker', image: 'quayside-test/echo:latest', port: 8080 };

let made = 0;
const bodyOf = () => ({ name: `bench-${(made += 1)}`, description: 'A measurement.', json_spec: SPEC });

export async function benchCreate(report, { serverUrl, dist }) {
  const product = await Product.start({ serverUrl, dist, roles: ['api'] });
  const raw = await startRaw(serverUrl);
  try {
    const post = (client, path) => async () => {
      const { status, ms: took } = await client.send('POST', path, bodyOf());
      if (status !== 201) throw new Error(`a create was answered ${status}`);
      return took;
    };
    const ours = post(product.client, '/api/v1/mcp/instances');
    const floor = post(raw.client, '/');
    await drive(WARM_UP_MS, 16, ours);
    await drive(WARM_UP_MS, 16, floor);
    for (const connections of CONNECTIONS) {
      const measured = await inTurns(ROUNDS, {
        product: () => drive(ROUND_MS, connections, ours),
        raw: () => drive(ROUND_MS, connections, floor),
      });
      describe(report, connections, measured);
    }
  } finally {
    await raw.stop();
    await product.stop();
  }
}

function describe(report, connections, { product, raw }) {
  const all = product.flatMap(({ times: each }) => each);
  const rateOf = (runs) => median(runs.map(({ rate }) => rate));
  const ratio = rateOf(product) / rateOf(raw);
  const data = {
    connections,
    p50_ms: percentile(all, 50),
    p95_ms: percentile(all, 95),
    rate_per_s: rateOf(product),
    raw_rate_per_s: rateOf(raw),
    ratio,
  };
  report.add({
    id: 'P1',
    what: `POST /mcp/instances, ${connections} at once: p50 / p95`,
    figure: `${ms(data.p50_ms)} / ${ms(data.p95_ms)} (${perSecond(data.rate_per_s)})`,
    data,
  });
  if (connections < 50) return;
  report.add({
    id: 'P1',
    what: `the same, rate ÷ bare HTTP server with one INSERT`,
    figure: `${times(ratio)} (${perSecond(data.rate_per_s)} ÷ ${perSecond(data.raw_rate_per_s)})`,
    goal: goal('≥ 0.35 ×', ratio, { atLeast: 0.35 }),
    data,
  });
}

async function startRaw(serverUrl) {
  const database = await makeDatabase(serverUrl);
  const child = spawn(process.execPath, [RAW_SERVER, database.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const client = new HttpClient(Number(String(line)));
  const stop = async () => {
    client.close();
    child.kill('SIGTERM');
    await once(child, 'exit');
    await database.drop();
  };
  return { client, stop };
}
