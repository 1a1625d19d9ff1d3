// `npm run bench:gateway`: brings what the measurements need (dependencies, build, PostgreSQL, nginx), runs test/load/gateway
// and prints one table. Fails when something could not be measured, never because a figure is bad.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { HELP, parseOptions } from '../test/load/gateway/options.mjs';
import { build, install, requireNode, ROOT } from './prepare.mjs';
import { ensurePrograms } from './test-services/packages.mjs';
import { startPostgres } from './test-services/postgres.mjs';

/** The longest run takes a quarter of an hour on two calm cores; one that has not ended by then hangs. */
const LIMIT_MS = 45 * 60_000;

requireNode();
const args = process.argv.slice(2);
const options = optionsOrEnd();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
install();
build();
const withoutNginx = ensurePrograms(['nginx'], ['nginx-light'], console.log);
if (withoutNginx !== undefined) {
  console.error(`The gateway is measured against nginx: ${withoutNginx}`);
  process.exit(1);
}

const postgres = await startPostgres((command) => command);
const stopOn = (signal) => process.once(signal, () => void postgres.stop().finally(() => process.exit(130)));
['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(stopOn);
let status = 1;
try {
  status = await run(join(ROOT, 'test/load/gateway/run.mjs'), { QUAYSIDE_TEST_DATABASE_URL: postgres.url });
} finally {
  await postgres.stop();
}
process.exit(status);

function optionsOrEnd() {
  try {
    return parseOptions(args);
  } catch (error) {
    console.error(error.message);
    return process.exit(2);
  }
}

function run(program, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.once('error', () => resolve(1));
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? 1);
    });
  });
}
