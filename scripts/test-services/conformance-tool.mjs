// The official conformance suite and inspector with the Node 22 that they need, whatever Node runs the product: installed
// once per lockfile into .cache, in a folder that is complete or not there.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';
import { run } from './processes.mjs';

const SOURCE = join(ROOT, 'test/conformance/tool');
const CACHE = join(ROOT, '.cache');
const PREFIX = 'conformance-tool-';
const FILES = ['package.json', 'package-lock.json'];
const INSTALL_WITHIN_MS = 300_000;
const OPTIONS = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
for (const name of FILES) hash.update(readFileSync(join(SOURCE, name)));
/** Found by the tests under the same name, without being told (test/conformance/tool.ts). */
const FOLDER = join(CACHE, `${PREFIX}${hash.digest('hex').slice(0, 12)}`);

/** {folder}, or {reason} when it cannot be had. */
export function ensureConformanceTool(log) {
  if (existsSync(FOLDER)) return { folder: FOLDER };
  log('Installing the conformance suite …');
  const stage = join(CACHE, `stage-${PREFIX}${process.pid}`);
  try {
    mkdirSync(stage, { recursive: true });
    for (const name of FILES) cpSync(join(SOURCE, name), join(stage, name));
    const failure = installIn(stage);
    if (failure !== undefined) return { reason: `npm could not install it: ${failure}` };
    removeOlder();
    publish(stage);
    return { folder: FOLDER };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** A mirror that lacks an optional package of another platform makes `npm ci` refuse the lockfile; `install` does not mind. */
function installIn(folder) {
  const npm = (verb) =>
    run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [verb, ...OPTIONS], {
      cwd: folder,
      timeoutMs: INSTALL_WITHIN_MS,
    });
  if (npm('ci').ok) return undefined;
  const installed = npm('install');
  return installed.ok ? undefined : installed.words.split('\n').slice(-3).join(' ');
}

function removeOlder() {
  for (const name of readdirSync(CACHE))
    if (name.startsWith(PREFIX) && join(CACHE, name) !== FOLDER)
      rmSync(join(CACHE, name), { recursive: true, force: true });
}

function publish(stage) {
  try {
    renameSync(stage, FOLDER);
  } catch (error) {
    // Another run was faster, with the same content.
    if (!existsSync(FOLDER)) throw error;
  }
}

// By itself: `node scripts/test-services/conformance-tool.mjs` installs it and says where.
if (process.argv[1] === import.meta.filename) {
  const { folder, reason } = ensureConformanceTool(console.error);
  if (reason !== undefined) console.error(reason);
  else console.log(folder);
  process.exit(reason === undefined ? 0 : 1);
}
