// `npm run bench:scale`: twice the processes for twice the work, a routing table a hundred times as long, and long lists.
//   QUAYSIDE_TEST_DATABASE_URL=… node test/load/scale/run.mjs [gateways] [workers] [routes] [lists] [watching]
import { join } from 'node:path';
import { benchLists } from '../control-plane/lists.mjs';
import { describeMachine } from '../machine.mjs';
import { canMeasure } from '../processes.mjs';
import { DIST, ROOT } from '../product.mjs';
import { Report } from '../report.mjs';
import { benchGateways } from './gateways.mjs';
import { benchRoutes } from './routes.mjs';
import { benchWatching } from './watching.mjs';
import { benchWorkers } from './workers.mjs';

const PARTS = {
  gateways: benchGateways,
  workers: benchWorkers,
  routes: benchRoutes,
  lists: benchLists,
  watching: benchWatching,
};
const chosen = process.argv.slice(2);
const names = chosen.length === 0 ? Object.keys(PARTS) : chosen;
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined)
  throw new Error(`There is no part "${unknown}": ${Object.keys(PARTS).join(', ')}.`);
if (!canMeasure()) throw new Error('CPU time of processes is read from /proc, which is not there.');

const options = {
  serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL,
  dist: process.env.QUAYSIDE_TEST_DIST ?? DIST,
};
const report = new Report(describeMachine());
for (const name of names) {
  console.log(`\n== ${name}`);
  await PARTS[name](report, options);
}
report.print();
report.save(join(ROOT, '.cache', 'bench-scale.json'));
