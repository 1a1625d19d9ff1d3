import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PREFIX = 'quayside-engine-';
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const POLL_MS = 100;
/** The engine's own default networks; those of instances come from a range of the product. */
const ADDRESS_POOL = 'base=10.201.0.0/16,size=24';

/** A containerd and a dockerd of our own: data, state and socket in one folder that goes with them. */
export async function startEngine(wrap) {
  removeStale();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(folder, 'owner'), `${process.pid} ${startTime(process.pid)}`);
  const started = [];
  const stop = async () => {
    for (const child of started.reverse()) await end(child);
    clear(folder);
  };
  try {
    started.push(startContainerd(wrap, folder));
    await until(() => existsSync(join(folder, 'containerd.sock')), 'containerd', folder);
    started.push(startDockerd(wrap, folder));
    const socketPath = join(folder, 'docker.sock');
    await until(() => pings(socketPath), 'dockerd', folder);
    return { socketPath, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startContainerd(wrap, folder) {
  const config = `version = 2
root = "${folder}/containerd"
state = "${folder}/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
address = "${folder}/containerd.sock"
`;
  writeFileSync(join(folder, 'containerd.toml'), config);
  return launch(
    wrap(['containerd', '--config', join(folder, 'containerd.toml')]),
    join(folder, 'containerd.log'),
  );
}

function startDockerd(wrap, folder) {
  const at = (name) => join(folder, name);
  mkdirSync(at('data'));
  const args = [
    '--containerd',
    at('containerd.sock'),
    '--data-root',
    at('data'),
    '--exec-root',
    at('exec'),
    '-H',
    `unix://${at('docker.sock')}`,
  ];
  const own = [
    '--pidfile',
    at('dockerd.pid'),
    '--default-address-pool',
    ADDRESS_POOL,
    '--config-file',
    at('no-config.json'),
    '--shutdown-timeout',
    '5',
  ];
  writeFileSync(at('no-config.json'), '{}');
  return launch(wrap(['dockerd', ...args, ...own]), at('dockerd.log'));
}

function launch([command, ...args], log) {
  const file = openSync(log, 'a');
  // A group of its own: Ctrl-C at the terminal must not end the engine before the tests that use it.
  return spawn(command, args, { stdio: ['ignore', file, file], detached: true });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, delay(STOP_LIMIT_MS, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await ended;
  }
}

async function until(holds, what, folder) {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(
        `${what} was not ready in ${READY_LIMIT_MS / 1000} s:\n${readFileSync(
          join(folder, `${what}.log`),
          'utf8',
        )
          .split('\n')
          .slice(-20)
          .join('\n')}`,
      );
    await delay(POLL_MS);
  }
}

function pings(socketPath) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** What a killed run left: its owner is dead, so its processes and mounts are nobody's. */
function removeStale() {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const [pid, started] = existsSync(join(folder, 'owner'))
      ? readFileSync(join(folder, 'owner'), 'utf8').split(' ')
      : [];
    if (pid !== undefined && startTime(pid) === started) continue;
    clear(folder);
  }
}

/** Ends every process that was started from the folder, unmounts what is mounted below it, removes it. */
function clear(folder) {
  for (const pid of readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
  )) {
    try {
      const isOurs = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`);
      if (isOurs) process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      if (!['ENOENT', 'ESRCH'].includes(error.code)) throw error;
    }
  }
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1])
    .filter((path) => path?.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) spawnSync('umount', ['-l', path], { stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
