// `npm run bench`: brings what the measurements need (dependencies, build, PostgreSQL, a private container engine), runs
// test/load and prints one table. Fails when something could not be measured, never because a figure is bad.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { HELP, parseOptions } from '../test/load/options.mjs';
import { build, install, requireNode, ROOT } from './prepare.mjs';

/** The whole takes five minutes on two cores; a run that has not ended by then hangs. */
const LIMIT_MS = 20 * 60_000;

requireNode();
const args = process.argv.slice(2);
const options = optionsOrEnd();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
install();
build();

const services = options.needsEngine ? await withEngine() : await withoutEngine();
let status = 1;
const stopOn = (signal) => process.once(signal, () => void services.stop().finally(() => process.exit(130)));
['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(stopOn);
try {
  status = await run([process.execPath, join(ROOT, 'test/load/run.mjs'), ...args]);
} finally {
  await services.stop();
}
for (const { name, reason } of services.missing) console.log(`Not provided: ${name} (${reason})`);
process.exit(status);

async function withEngine() {
  const { startServices } = await import('./test-services/index.mjs');
  return startServices({ needed: ['load'] });
}

/** An engine takes half a minute to be there, which parts without containers need not wait for. */
async function withoutEngine() {
  const { startPostgres } = await import('./test-services/postgres.mjs');
  const wrap = (command) => command;
  const { url, stop } = await startPostgres(wrap);
  return { env: { QUAYSIDE_TEST_DATABASE_URL: url }, missing: [], wrap, stop };
}

function optionsOrEnd() {
  try {
    return parseOptions(args);
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

/** Inside the engine's network, where the addresses of containers can be reached. */
function run(command) {
  return new Promise((resolve) => {
    const [file, ...rest] = services.wrap(command);
    const child = spawn(file, rest, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...services.env },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.once('error', () => resolve(1));
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? 1);
    });
  });
}
