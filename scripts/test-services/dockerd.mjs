// A private container engine in a network of its own: never a second one in the machine's, where it would re-address
// the first one's bridge and rewrite its firewall chains.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ensurePrograms } from './packages.mjs';
import { cleanEnvironment, findProgram, isRoot, kill } from './processes.mjs';

const KEEPER = fileURLToPath(new URL('engine-keeper.mjs', import.meta.url));
const UP_WITHIN_MS = 180_000;
const ENDED_WITHIN_MS = 60_000;
const PROGRAMS = ['dockerd', 'containerd', 'runc', 'docker-init', 'unshare', 'nsenter', 'ip', 'iptables'];
const PACKAGES = ['docker.io', 'iproute2', 'iptables'];

/**
 * `{socketPath, holder, nsenterArgs, version, storageDriver, stop()}`, or `{reason}`.
 * It ends with this process, however that ends.
 */
export async function startPrivateDockerd({ log = () => {}, env = {} } = {}) {
  if (process.platform !== 'linux')
    return { reason: `a private container engine needs Linux, and this is ${process.platform}` };
  if (!isRoot()) return { reason: 'a private container engine needs root' };
  const missing = ensurePrograms(PROGRAMS, PACKAGES, log);
  if (missing !== undefined) return { reason: missing };

  // In a session of its own: Ctrl-C must not end the one who cleans up.
  const keeper = spawn(process.execPath, [KEEPER], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    env: { ...cleanEnvironment(), ...env },
  });
  const ended = new Promise((resolve) => keeper.once('exit', resolve));
  keeper.stdin.on('error', () => {});
  keeper.once('error', () => {});

  const stop = async () => {
    keeper.stdin.end();
    const timer = setTimeout(() => keeper.pid !== undefined && kill(keeper.pid), ENDED_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  const answer = await firstLine(keeper, ended);
  if (answer.reason !== undefined) {
    await stop();
    return answer;
  }
  // Neither the process nor its pipes keep this one from ending.
  keeper.unref();
  keeper.stdin.unref?.();
  keeper.stdout.destroy();
  const nsenterArgs = ['--target', String(answer.holder), '--net'];
  return { ...answer, nsenterArgs, stop };
}

/** The command that runs another inside the engine's network: there are the addresses of containers, and its loopback. */
export const inEngineNamespace = ({ nsenterArgs }, command) => [
  findProgram('nsenter'),
  ...nsenterArgs,
  '--',
  ...command,
];

function firstLine(keeper, ended) {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ reason: 'the private container engine did not start in time' }),
      UP_WITHIN_MS,
    );
    const settle = (answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    createInterface({ input: keeper.stdout }).once('line', (line) => settle(JSON.parse(line)));
    void ended.then((code) =>
      settle({ reason: `the keeper of the private container engine ended (${code})` }),
    );
  });
}
