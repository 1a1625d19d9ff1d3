import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const INSTALL_LIMIT_MS = 8 * 60_000;
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const isThere = (program) =>
  [...(process.env.PATH ?? '').split(':'), ...SYSTEM_FOLDERS].some((folder) =>
    existsSync(`${folder}/${program}`),
  );

const apt = (...args) =>
  spawnSync('apt-get', ['-y', '-q', ...args], {
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Packages start their services when installed; a policy that says no keeps the machine as it was.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });

/** undefined when all programs are there (installed now if need be); otherwise why not, in one sentence. */
export function ensurePrograms({ programs, packages }) {
  const absent = () => programs.filter((program) => !isThere(program));
  if (absent().length === 0) return undefined;
  if (process.getuid?.() !== 0 || !isThere('apt-get'))
    return `${absent().join(', ')} not installed (Debian: apt-get install ${packages.join(' ')})`;
  process.stdout.write(`Installing ${packages.join(', ')} … `);
  const startedAt = Date.now();
  apt('update');
  const { status, stderr } = apt('install', '--no-install-recommends', ...packages);
  console.log(`${status === 0 ? 'done' : 'failed'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (absent().length === 0) return undefined;
  return `apt-get could not install ${packages.join(', ')}: ${(stderr ?? '').trim().split('\n').at(-1)}`;
}
