// Installs Debian packages where that is possible: as root, with apt.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram, isRoot, run } from './processes.mjs';

const UPDATE_WITHIN_MS = 180_000;
const INSTALL_WITHIN_MS = 420_000;
/** Another installation may be under way on the machine; it is waited for instead of failing. */
const LOCK_WAIT_S = 180;
const POLICY = '/usr/sbin/policy-rc.d';

/** undefined when the programs are there afterwards, else the reason in words. */
export function ensurePrograms(programs, packages, log = () => {}) {
  const missing = () => programs.filter((program) => findProgram(program) === undefined);
  if (missing().length === 0) return undefined;
  const what = `${missing().join(', ')} not installed`;
  if (process.platform !== 'linux') return `${what}, and this is ${process.platform}`;
  if (!isRoot()) return `${what}; install ${packages.join(', ')}, or run as root`;
  if (findProgram('apt-get') === undefined)
    return `${what}, and apt-get is not there to install ${packages.join(', ')}`;

  log(`installing ${packages.join(', ')}`);
  const failure = withoutServices(() => install(packages));
  if (failure !== undefined) return `${what}; ${failure}`;
  return missing().length === 0 ? undefined : `${what}, even after installing ${packages.join(', ')}`;
}

function install(packages) {
  const options = ['-o', `DPkg::Lock::Timeout=${LOCK_WAIT_S}`, '-o', 'Acquire::Retries=3', '-q'];
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'a' };
  const update = run('apt-get', [...options, 'update'], { env, timeoutMs: UPDATE_WITHIN_MS });
  const installed = run('apt-get', [...options, 'install', '-y', '--no-install-recommends', ...packages], {
    env,
    timeoutMs: INSTALL_WITHIN_MS,
  });
  if (installed.ok) return undefined;
  const words = [update.ok ? '' : update.words, installed.words]
    .join('\n')
    .trim()
    .split('\n')
    .slice(-3)
    .join(' ');
  return `apt-get failed: ${words}`;
}

/** Packages start their services when they are installed; here nothing may run that nobody asked for. */
function withoutServices(work) {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
