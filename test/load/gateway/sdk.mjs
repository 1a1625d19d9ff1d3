// G9: with a server as most are built, the gateway should hardly be noticed.
import { startProgram } from './children.mjs';
import { orderOf } from './stage.mjs';

const SESSIONS = 16;
const SMALL = 16;
const WARM_UP_MS = 3_000;

export async function benchSdk(table, stage, { rounds, roundMs }) {
  const upstream = await stage.add(startProgram('sdk-upstream.mjs'));
  await stage.gateway.addServer('sdk', upstream.port, 'older');
  const targets = {
    'sdk-direct': { port: upstream.port, path: '/mcp', era: 'older', headers: {} },
    'sdk-relay': stage.gateway.target('/servers/sdk/mcp', 'older'),
  };
  const names = Object.keys(targets);
  const about = (key, durationMs) => ({ key, sessions: SESSIONS, payloadBytes: SMALL, durationMs });
  for (const key of names) {
    await stage.load.order('open', { key, target: targets[key], sessions: SESSIONS });
    await stage.load.order('calls', about(key, WARM_UP_MS));
  }
  const rates = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const key of orderOf(names, round))
      rates[key].push((await stage.load.order('calls', about(key, roundMs * 2))).rate);
  for (const key of names) await stage.load.order('close', { key });
  const ratios = rates['sdk-relay'].map((rate, round) => rate / rates['sdk-direct'][round]);
  table.judge('G9', 'upstream on the official SDK, 16 sessions: relay’s rate ÷ direct', ratios, {
    atLeast: [0.85, 0.95],
  });
}
