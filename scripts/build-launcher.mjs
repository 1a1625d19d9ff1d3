// Builds the static secret launcher to .cache/launcher/<arch>/quayside-launcher where a C compiler exists.
// (and copies it to a folder given as argument). Without a compiler, secrets of containers can only be delivered in weaker
// ways; the instance then says so.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(ROOT, 'libs/container-engine/launcher/quayside-launcher.c');
const SOURCES = [SOURCE, join(ROOT, 'libs/container-engine/launcher/door.h')];
const FLAGS = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-static', '-s'];
const COMPILE_WITHIN_MS = 60_000;

/** `{path, built}`, or `{reason}` in words. `built` is false when the program was there already. */
export function buildLauncher({ root = ROOT, compilers = ['musl-gcc', 'cc', 'gcc', 'clang'] } = {}) {
  if (process.platform !== 'linux')
    return { reason: `containers run Linux programs, and this is ${process.platform}` };
  const folder = join(root, '.cache', 'launcher', process.arch);
  const path = join(folder, 'quayside-launcher');
  const stamp = join(folder, 'source.sha256');
  const wanted = createHash('sha256')
    .update(Buffer.concat(SOURCES.map((source) => readFileSync(source))))
    .update(FLAGS.join(' '))
    .digest('hex');
  if (existsSync(path) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)
    return { path, built: false };

  mkdirSync(folder, { recursive: true });
  // A name of its own until it is whole: another build may run at the same time.
  const fresh = `${path}.${process.pid}`;
  const reasons = [];
  for (const compiler of compilers) {
    const result = spawnSync(compiler, [...FLAGS, '-o', fresh, SOURCE], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMPILE_WITHIN_MS,
    });
    if (result.status === 0) {
      // The user of the container, whoever that is, runs it.
      chmodSync(fresh, 0o755);
      renameSync(fresh, path);
      writeFileSync(stamp, wanted);
      return { path, built: true };
    }
    if (result.error?.code !== 'ENOENT') reasons.push(`${compiler}: ${firstLine(result)}`);
  }
  rmSync(fresh, { force: true });
  return {
    reason: reasons.length > 0 ? reasons.join('; ') : `no C compiler (${compilers.join(', ')}) is installed`,
  };
}

const firstLine = ({ stderr, error }) => (stderr?.trim() || error?.message || 'failed').split('\n')[0];

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const result = buildLauncher();
  const folder = process.argv[2];
  // The build's own output holds a copy, so that what is packed from it has the launcher.
  if (result.path !== undefined && folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(result.path, join(folder, 'quayside-launcher'));
  }
  console.log(
    result.path === undefined
      ? `The launcher was not built: ${result.reason}`
      : `${result.path}${result.built ? '' : ' (unchanged)'}`,
  );
}
