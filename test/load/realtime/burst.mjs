// Many events at once to a thousand readers, in turns with a bare server that writes as many frames of the same length.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { goal, inTurns, median, perSecond, times } from '../figures.mjs';
import { cpuMsOf } from '../processes.mjs';
import { Crowd } from './crowd-process.mjs';

const EVENTS = 100;
const FRAME_BYTES = 330;
const ROUNDS = 5;
const LIMIT_MS = 60_000;
const SHARE = 0.8;

export async function benchBurst(report, { product, events, readers }) {
  const bare = spawn(process.execPath, [join(import.meta.dirname, 'bare-server.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [said] = await once(bare.stdout, 'data');
  const crowds = {
    ours: await Crowd.of(product.client.port, readers, { key: product.key }),
    bare: await Crowd.of(Number(said.toString()), readers),
  };
  const send = {
    ours: () => events.append(EVENTS),
    bare: () => bare.stdin.write(`${JSON.stringify({ frames: EVENTS, bytes: FRAME_BYTES })}\n`),
  };
  const pids = { ours: product.pidOf('api'), bare: bare.pid };
  const burst = (name) => async () => {
    await crowds[name].ask('reset');
    const cpu = cpuMsOf([pids[name]]);
    const began = performance.now();
    await send[name]();
    const { frames } = await crowds[name].ask('until', { frames: readers * EVENTS, limitMs: LIMIT_MS });
    return {
      rate: (frames / (performance.now() - began)) * 1_000,
      cpuUs: ((cpuMsOf([pids[name]]) - cpu) * 1_000) / frames,
    };
  };
  try {
    await burst('ours')();
    await burst('bare')();
    const rounds = await inTurns(ROUNDS, { ours: burst('ours'), bare: burst('bare') });
    const of = (name, member) => rounds[name].map((round) => round[member]);
    const ratio = median(of('ours', 'rate').map((rate, at) => rate / of('bare', 'rate')[at]));
    const cpu = median(of('ours', 'cpuUs').map((us, at) => us / of('bare', 'cpuUs')[at]));
    report.add({
      id: 'P5',
      what: `${EVENTS} events at once to ${readers} readers ÷ bare ws with one frame`,
      figure: `${times(ratio)} (${perSecond(median(of('ours', 'rate')))} ÷ ${perSecond(median(of('bare', 'rate')))}); CPU ${times(cpu)}`,
      goal: goal(`≥ ${SHARE} ×`, ratio, { atLeast: SHARE }),
      data: { ratio, cpu, rounds },
    });
  } finally {
    for (const crowd of Object.values(crowds)) crowd.close();
    bare.stdin.end();
  }
}
