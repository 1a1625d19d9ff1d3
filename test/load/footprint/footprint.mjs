// What an installation costs that nobody uses: time to start, memory, CPU.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goal, median, megabytes, seconds, summaryOf } from '../figures.mjs';
import { HttpClient } from '../http-client.mjs';
import { canMeasure, cpuMsOf, pssOf, treeOf } from '../processes.mjs';
import { DIST, freePort, Product } from '../product.mjs';

const LATER_STARTS = 3;
const SETTLE_MS = 8_000;
const WATCH_MS = 20_000;
const START_LIMIT_MS = 120_000;
const POLL_MS = 20;
const ROLES = ['api', 'gateway', 'worker', 'provisioner'];

export async function benchFootprint(report, options) {
  await benchLauncher(report, options);
  if (canMeasure()) await benchRoles(report, options);
  else report.note('Memory and CPU of processes are read from /proc, which this machine does not have.');
}

/** The command that users type, on a folder of its own with the embedded database. */
async function benchLauncher(report, { dist = DIST }) {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-bench-home-'));
  try {
    const first = await launch(dist, folder);
    await first.stop();
    const later = [];
    for (let at = 1; at < LATER_STARTS; at += 1) {
      const again = await launch(dist, folder);
      later.push(again);
      await again.stop();
    }
    const last = await launch(dist, folder);
    later.push(last);
    try {
      describeStarts(report, first, later);
      if (canMeasure()) await describeIdle(report, last.pid);
    } finally {
      await last.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeStarts(report, first, later) {
  const times = later.map(({ readyMs }) => readyMs);
  report.add({
    id: 'P7',
    what: 'first start to ready, everything embedded (database made, tables made)',
    figure: `${seconds(first.readyMs)} (CPU ${seconds(first.cpuMs)})`,
    goal: goal('≤ 15 s', first.readyMs, { atMost: 15_000 }),
    data: { ready_ms: first.readyMs, cpu_ms: first.cpuMs },
  });
  report.add({
    id: 'P7',
    what: `later start to ready, median of ${later.length}`,
    figure: `${seconds(median(times))} (CPU ${seconds(median(later.map(({ cpuMs }) => cpuMs)))})`,
    goal: goal('≤ 5 s', median(times), { atMost: 5_000 }),
    data: { ...summaryOf(times), cpu_ms: median(later.map(({ cpuMs }) => cpuMs)) },
  });
}

async function describeIdle(report, pid) {
  await pause(SETTLE_MS);
  const before = cpuMsOf(treeOf(pid));
  await pause(WATCH_MS);
  const pids = treeOf(pid);
  const share = (cpuMsOf(pids) - before) / WATCH_MS;
  const bytes = pssOf(pids);
  report.add({
    id: 'P7',
    what: `idle memory of all ${pids.length} processes, database included (PSS)`,
    figure: megabytes(bytes),
    goal: goal('≤ 450 MB', bytes, { atMost: 450_000_000 }),
    data: { bytes, processes: pids.length },
  });
  report.add({
    id: 'P7',
    what: `idle CPU of the same over ${WATCH_MS / 1000} s`,
    figure: `${(share * 100).toFixed(2)} % of a core`,
    goal: goal('< 1 % of a core', share, { atMost: 0.01 }),
    data: { share },
  });
}

async function benchRoles(report, { serverUrl, dist }) {
  const product = await Product.start({ serverUrl, dist, roles: ROLES });
  try {
    await pause(SETTLE_MS);
    for (const role of ROLES) {
      const bytes = pssOf([product.pidOf(role)]);
      report.add({
        id: 'P7',
        what: `idle memory of the role "${role}" in a process of its own (PSS)`,
        figure: megabytes(bytes),
        data: { role, bytes },
      });
    }
  } finally {
    await product.stop();
  }
}

async function launch(dist, folder) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(dist, 'src/cli/main.js'), 'up', '--no-demo'], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DATA_DIR: folder,
      SERVER_PORT: String(port),
      CONTAINER_ENGINE: 'process',
    },
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  await ready(port, child);
  return {
    pid: child.pid,
    readyMs: performance.now() - startedAt,
    // Says on a busy machine what the time would be on a calm one.
    cpuMs: cpuMsOf(treeOf(child.pid)),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function ready(port, child) {
  const client = new HttpClient(port);
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await client.send('GET', '/health/ready').catch(() => undefined);
    if (answer?.status === 200) return client.close();
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error('the launcher did not start');
    await pause(POLL_MS);
  }
}

const pause = (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs));
