// `npm run bench:<name>`: brings what the measurement needs (dependencies, build, PostgreSQL) and runs test/load/<name>.
//   node scripts/bench-one.mjs <name> [parts of it]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';
import { startPostgres } from './test-services/postgres.mjs';

/** A run takes minutes on two calm cores; one that has not ended by then hangs. */
const LIMIT_MS = 20 * 60_000;

const [name, ...parts] = process.argv.slice(2);
requireNode();
install();
build();
const postgres = await startPostgres((command) => command);
const stopOn = (signal) => process.once(signal, () => void postgres.stop().finally(() => process.exit(130)));
['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(stopOn);
let status = 1;
try {
  status = await new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'test/load', name, 'run.mjs'), ...parts], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, QUAYSIDE_TEST_DATABASE_URL: postgres.url },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.once('error', () => resolve(1));
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? 1);
    });
  });
} finally {
  await postgres.stop();
}
process.exit(status);
