// G12: one upstream takes calls and never answers; those of another must not notice.
import { median } from '../figures.mjs';
import { startProgram } from './children.mjs';

const SESSIONS = 16;
const HANGING = 48;
const SMALL = 16;

export async function benchHang(table, stage, { rounds, roundMs }) {
  const upstream = await stage.add(startProgram('echo-upstream.mjs', 'older', 'hang'));
  await stage.gateway.addServer('hangs', upstream.port, 'older');
  const names = await stage.ready(['relay', 'endpoint'], SESSIONS, table);
  const hanging = stage.gateway.target('/servers/hangs/mcp', 'older');
  for (const key of names) {
    const about = { key, sessions: SESSIONS, payloadBytes: SMALL, durationMs: roundMs };
    await stage.load.order('calls', about);
    const tails = [];
    const delays = { calm: [], hanging: [] };
    for (let round = 0; round < rounds; round += 1) {
      await stage.gateway.probe();
      const calm = await stage.load.order('calls', about);
      delays.calm.push((await stage.gateway.probe()).delayP99Ms);
      await stage.load.order('hold', { key: 'hangs', target: hanging, sessions: HANGING });
      await stage.gateway.probe();
      const disturbed = await stage.load.order('calls', about);
      delays.hanging.push((await stage.gateway.probe()).delayP99Ms);
      await stage.load.order('release', { key: 'hangs' });
      tails.push(disturbed.p99 / calm.p99);
    }
    const what = `${key}, 16 sessions while ${HANGING} calls hang elsewhere`;
    table.judge('G12', `${what}: p99 ÷ without them`, tails, { atMost: [1.5, 1.1] });
    if (key === 'relay') judgeDelay(table, delays);
    await stage.load.order('close', { key });
  }
}

function judgeDelay(table, { calm, hanging }) {
  const words = `${median(hanging).toFixed(1)} ms (${median(calm).toFixed(1)} without)`;
  table.judge('G12', 'event-loop delay of the gateway meanwhile, p99', hanging, {
    atMost: [20],
    unit: ' ms',
    words,
  });
}
