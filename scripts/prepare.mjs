// Brings a checkout to the point where it can run: dependencies as the lockfile says, dist as the sources say.
// Built-ins only: this is what runs before anything is installed.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainReexports } from './plain-reexports.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const INSTALL_STAMP = join(ROOT, 'node_modules', '.quayside-install');
const BUILD_STAMP = join(ROOT, 'dist', '.quayside-build');
const CONSOLE = join(ROOT, 'src', 'console', 'web');
const BUILT_CONSOLE = join(ROOT, 'dist', 'console');
const CONSOLE_STAMP = join(BUILT_CONSOLE, '.quayside-build');
const MINIMUM_NODE = [20, 19];

const digest = (text) => createHash('sha256').update(text).digest('hex');
const readOr = (path, fallback) => (existsSync(path) ? readFileSync(path, 'utf8') : fallback);

/** Ends the process with one sentence where Node is too old; everything after would fail in stranger words. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(
    `Quayside needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}. Install a current Node and run it again.`,
  );
  process.exit(1);
}

function run(title, command, args, options = {}) {
  process.stdout.write(`${title} … `);
  const startedAt = Date.now();
  const result = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (result.status === 0) {
    console.log(`done (${seconds} s)`);
    return;
  }
  console.log('failed');
  const words = [result.error?.message, result.stdout, result.stderr]
    .filter(Boolean)
    .join('\n')
    .trim()
    .split('\n');
  console.error(words.slice(-40).join('\n'));
  process.exit(1);
}

/** Installs when node_modules is absent or was made for another lockfile. Nothing of ours needs install scripts. */
export function install() {
  const wanted = digest(readFileSync(join(ROOT, 'package-lock.json')));
  if (readOr(INSTALL_STAMP, '') === wanted) return;
  run(
    'Installing dependencies',
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      shell: process.platform === 'win32',
    },
  );
  writeFileSync(INSTALL_STAMP, digest(readFileSync(join(ROOT, 'package-lock.json'))));
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === CONSOLE) continue;
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (!/\.(spec|gen\.d)\.tsx?$/.test(entry.name)) yield path;
  }
}

/** By content, not by time: a clone, a branch switch and a restored backup all change times without changing code. */
function digestOf(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths].sort()) {
    hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

const named = (...names) => names.map((name) => join(ROOT, name));

const serverDigest = () =>
  digestOf([
    ...named(
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'scripts/prepare.mjs',
      'scripts/plain-reexports.mjs',
    ),
    ...sourceFiles(join(ROOT, 'libs')),
    ...sourceFiles(join(ROOT, 'src')),
  ]);

const consoleDigest = () =>
  digestOf([
    ...named('package-lock.json', 'openapi.json', 'scripts/console.mjs'),
    ...readdirSync(CONSOLE, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(CONSOLE, name)),
    ...sourceFiles(join(CONSOLE, 'src')),
    ...sourceFiles(join(CONSOLE, 'public')),
  ]);

/** Server and console, each only when its own sources changed. */
export function build({ force = false } = {}) {
  buildServer(force);
  buildConsole(force);
}

function buildConsole(force) {
  const wanted = consoleDigest();
  if (!force && readOr(CONSOLE_STAMP, '') === wanted) return;
  const outDir = join(ROOT, '.cache', `console-${process.pid}`);
  const old = join(ROOT, '.cache', `old-console-${process.pid}`);
  try {
    run('Building the console', process.execPath, [join(ROOT, 'scripts', 'console.mjs'), 'build', outDir]);
    writeFileSync(join(outDir, '.quayside-build'), wanted);
    if (existsSync(BUILT_CONSOLE)) renameSync(BUILT_CONSOLE, old);
    renameSync(outDir, BUILT_CONSOLE);
  } finally {
    rmSync(old, { recursive: true, force: true });
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Builds beside and renames, so that a server running from dist and a failed build never meet a half-written one. */
function buildServer(force) {
  const wanted = serverDigest();
  if (!force && readOr(BUILD_STAMP, '') === wanted) return;
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const outDir = join(cache, `build-${process.pid}`);
  const config = join(cache, `tsconfig.build-${process.pid}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../tsconfig.build.json',
      compilerOptions: { outDir },
      include: ['../src', '../libs'],
      exclude: ['../**/*.spec.ts', '../libs/testing', '../src/console/web'],
    }),
  );
  try {
    run('Making the types of the client', process.execPath, [join(ROOT, 'scripts', 'client.mjs')]);
    run('Building', process.execPath, [
      join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js'),
      'build',
      '--path',
      relative(ROOT, config),
    ]);
    plainReexports(outDir);
    buildLauncher(join(outDir, 'launcher'));
    writeFileSync(join(outDir, '.quayside-build'), wanted);
    const dist = join(ROOT, 'dist');
    const old = join(cache, `old-${process.pid}`);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(outDir, dist);
    if (existsSync(join(old, 'console'))) renameSync(join(old, 'console'), BUILT_CONSOLE);
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(config, { force: true });
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** The secret launcher for containers is C; without a compiler the product falls back and says so (docs/configuration.md). */
function buildLauncher(outDir) {
  const script = join(ROOT, 'scripts', 'build-launcher.mjs');
  if (!existsSync(script)) return;
  // Where it lies is news for who builds it by hand only.
  spawnSync(process.execPath, [script, outDir], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

export const isFile = (path) => existsSync(path) && statSync(path).isFile();
