// Runs the chosen parts and prints the table. Started by scripts/bench.mjs, which brings what they need.
import { join } from 'node:path';
import { benchBulk } from './control-plane/bulk.mjs';
import { benchCreate } from './control-plane/create.mjs';
import { benchLists } from './control-plane/lists.mjs';
import { benchStart } from './control-plane/start.mjs';
import { benchSweep } from './control-plane/sweep.mjs';
import { benchFootprint } from './footprint/footprint.mjs';
import { describeMachine } from './machine.mjs';
import { parseOptions } from './options.mjs';
import { ROOT } from './product.mjs';
import { Report } from './report.mjs';

const RUNNERS = {
  create: benchCreate,
  lists: benchLists,
  sweep: benchSweep,
  footprint: benchFootprint,
  start: benchStart,
  bulk: benchBulk,
};
const WITH_ENGINE = new Set(['start', 'bulk']);

const options = parseOptions(process.argv.slice(2));
const report = new Report(describeMachine());
console.log(report.machine.words);
const given = {
  ...options,
  serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL,
  socketPath: process.env.QUAYSIDE_TEST_ENGINE_SOCKET,
};
let failed = false;
for (const part of options.parts) {
  console.log(`\n== ${part}`);
  if (WITH_ENGINE.has(part) && !given.socketPath) {
    report.note(`${part}: not measured, there is no container engine`);
    continue;
  }
  try {
    await RUNNERS[part](report, given);
  } catch (error) {
    failed = true;
    console.error(error);
    report.note(`${part}: ended early: ${error.message}`);
  }
}
report.print();
report.save(join(ROOT, '.cache', 'bench.json'));
process.exit(failed ? 1 : 0);
