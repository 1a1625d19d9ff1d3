// `npm run bench:realtime`: a thousand readers of events, and how much of a bare WebSocket server is left of a burst.
//   QUAYSIDE_TEST_DATABASE_URL=… node test/load/realtime/run.mjs [everybody] [tenths] [burst] [--readers 1000]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.mjs';
import { DIST, Product, ROOT } from '../product.mjs';
import { Report } from '../report.mjs';
import { benchBurst } from './burst.mjs';
import { Events } from './events.mjs';
import { benchSteady } from './steady.mjs';

const PARTS = {
  everybody: (report, stage) => benchSteady(report, stage, { perSecond: 40, groups: 1 }),
  tenths: (report, stage) => benchSteady(report, stage, { perSecond: 100, groups: 10 }),
  burst: benchBurst,
};
const { positionals: chosen, values } = parseArgs({
  allowPositionals: true,
  options: { readers: { type: 'string', default: '1000' } },
});
const readers = Number(values.readers);
const names = chosen.length === 0 ? Object.keys(PARTS) : chosen;
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined)
  throw new Error(`There is no part "${unknown}": ${Object.keys(PARTS).join(', ')}.`);

const report = new Report(describeMachine());
const dist = process.env.QUAYSIDE_TEST_DIST ?? DIST;
const product = await Product.start({
  serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL,
  // Apart, so that what serves readers can be told from what numbers events.
  roles: ['api', 'worker'],
  dist,
});
const events = await Events.open(product.database.url, dist);
try {
  for (const name of names) {
    console.log(`\n== ${name}`);
    await PARTS[name](report, { product, events, readers });
  }
} finally {
  await events.close();
  await product.stop();
}
report.print();
report.save(join(ROOT, '.cache', 'bench-realtime.json'));
