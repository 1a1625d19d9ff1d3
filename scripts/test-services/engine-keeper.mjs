// Keeps one private container engine: started by dockerd.mjs, tells its address as one line of JSON, and removes
// everything when its standard input ends, which also happens when the one who started it is killed.
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cgroupName, createFolder, destroy, removeStale, writeOwner } from './engine-folder.mjs';
import { engineRequest } from './engine-request.mjs';
import { kill, sleep, start, until } from './processes.mjs';
import { REGISTRY_PORT } from './registry.mjs';

const UP_WITHIN_MS = 60_000;
const ADDRESS_POOL = 'base=10.201.0.0/16,size=24';
const STORAGE_DRIVERS = ['overlay2', 'vfs'];
/** Of what containerd brings along only what a plain engine needs; the others search the machine for disks. */
const UNUSED_PLUGINS = ['cri', 'aufs', 'btrfs', 'devmapper', 'zfs'].map((name) =>
  name === 'cri' ? 'io.containerd.grpc.v1.cri' : `io.containerd.snapshotter.v1.${name}`,
);

const log = (text) => process.stderr.write(`test engine: ${text}\n`);
let folder;
let isEnding = false;

async function end(code) {
  if (isEnding) return;
  isEnding = true;
  if (folder !== undefined) await destroy(folder);
  process.exit(code);
}
process.stdin
  .on('end', () => void end(0))
  .on('error', () => void end(0))
  .resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(0));

try {
  await removeStale(log);
  folder = createFolder();
  const holder = await startHolder();
  const inside = (command, args, output) => {
    const file = openSync(join(folder, output), 'a');
    return start('nsenter', ['--target', String(holder), '--net', '--mount', '--', command, ...args], {
      stdout: file,
    });
  };
  await startRegistry(inside);
  const storageDriver = await startEngine(inside);
  const { body: version } = await engineRequest(socketPath(), 'GET', '/version');
  process.stdout.write(
    `${JSON.stringify({ folder, socketPath: socketPath(), holder, storageDriver, version: version.Version })}\n`,
  );
} catch (error) {
  process.stdout.write(`${JSON.stringify({ reason: error.message })}\n`);
  await end(1);
}

function socketPath() {
  return join(folder, 'run', 'docker.sock');
}

/** A process that does nothing but hold the network and the mounts of the engine. */
async function startHolder() {
  const script = `ip link set lo up || exit 3; touch "${folder}/ready"; exec sleep 1000000`;
  const errors = join(folder, 'holder.log');
  const child = start('unshare', ['--net', '--mount', '--propagation', 'private', '--', 'sh', '-c', script], {
    stdout: 'ignore',
    stderr: openSync(errors, 'a'),
  });
  await hasStarted(child, 'unshare');
  const isReady = await until(
    () => (exists(`${folder}/ready`) || child.exitCode !== null ? true : undefined),
    10_000,
    20,
  );
  if (isReady === undefined || child.exitCode !== null) {
    throw new Error(`no network namespace could be made: ${tail(errors)}`);
  }
  writeOwner(folder, { holder: child.pid });
  return child.pid;
}

async function startRegistry(inside) {
  const child = inside(
    process.execPath,
    [fileURLToPath(new URL('registry.mjs', import.meta.url)), '--serve', folder],
    'registry.log',
  );
  await hasStarted(child, 'the registry');
  const isUp = await until(
    () => (exists(join(folder, 'registry-ready')) || child.exitCode !== null ? true : undefined),
    20_000,
    50,
  );
  if (isUp === undefined || child.exitCode !== null)
    throw new Error(`the registry does not start: ${tail(join(folder, 'registry.log'))}`);
}

async function startEngine(inside) {
  await startContainerd(inside);
  const failures = [];
  for (const driver of STORAGE_DRIVERS) {
    const child = inside('dockerd', engineArguments(driver), `dockerd-${driver}.log`);
    const answer = await until(async () => {
      if (child.exitCode !== null) return 'ended';
      return (await engineRequest(socketPath(), 'GET', '/_ping').catch(() => undefined)) === undefined
        ? undefined
        : 'up';
    }, UP_WITHIN_MS);
    if (answer === 'up') return driver;
    failures.push(`${driver}: ${tail(join(folder, `dockerd-${driver}.log`))}`);
    if (child.pid !== undefined) kill(child.pid);
    await until(() => (child.exitCode !== null || child.signalCode !== null ? true : undefined), 10_000);
  }
  throw new Error(`dockerd does not start: ${failures.join('; ')}`);
}

/** Always one of our own: the engine would use the machine's, in another network, when one runs there. */
async function startContainerd(inside) {
  const config = join(folder, 'containerd.toml');
  const plugins = UNUSED_PLUGINS.map((name) => `"${name}"`).join(', ');
  writeFileSync(
    config,
    `version = 2\nroot = "${folder}/containerd"\nstate = "${folder}/run/containerd"\ndisabled_plugins = [${plugins}]\n[grpc]\naddress = "${folder}/run/containerd.sock"\n`,
  );
  const child = inside('containerd', ['--config', config], 'containerd.log');
  const isUp = await until(
    () => (exists(join(folder, 'run', 'containerd.sock')) || child.exitCode !== null ? true : undefined),
    30_000,
    50,
  );
  if (isUp === undefined || child.exitCode !== null)
    throw new Error(`containerd does not start: ${tail(join(folder, 'containerd.log'))}`);
}

function engineArguments(driver) {
  const settings = {
    host: `unix://${socketPath()}`,
    containerd: join(folder, 'run', 'containerd.sock'),
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'run', 'docker'),
    pidfile: join(folder, 'run', `dockerd-${driver}.pid`),
    'default-address-pool': ADDRESS_POOL,
    'cgroup-parent': `/${cgroupName(folder)}`,
    'storage-driver': driver,
    'shutdown-timeout': '1',
    'userland-proxy': 'false',
    'insecure-registry': `127.0.0.1:${REGISTRY_PORT}`,
    'config-file': join(folder, 'daemon.json'),
    'log-level': 'warn',
  };
  writeFileSync(settings['config-file'], '{}');
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}

async function hasStarted(child, what) {
  let failure;
  child.once('error', (error) => (failure = error));
  await sleep(0);
  if (failure !== undefined || child.pid === undefined)
    throw new Error(`${what} cannot be started: ${failure?.message ?? ''}`);
}

function exists(path) {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    // A socket is there, though it cannot be read.
    return error.code === 'ENXIO';
  }
}

function tail(path) {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-3).join(' | ').slice(-600);
  } catch {
    return 'no log';
  }
}
