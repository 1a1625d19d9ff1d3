// `npm run bench:console`: how quickly the console shows, moves and follows, in a real browser on a real server.
//   QUAYSIDE_TEST_DATABASE_URL=… node test/load/console/run.mjs [cold] [routes] [keys] [live] [list]
import { join } from 'node:path';
import { ensureChromium } from '../../../scripts/test-services/chromium.mjs';
import { describeMachine } from '../machine.mjs';
import { ROOT } from '../product.mjs';
import { Report } from '../report.mjs';
import { Browser } from './browser.mjs';
import { measureCold, measureKeys, measureRoutes } from './moves.mjs';
import { measureList, measureLive } from './following.mjs';
import { Stage } from './stage.mjs';

const SMALL = 1_000;
const LARGE = 10_000;

const chosen = process.argv.slice(2);
const wants = (part) => chosen.length === 0 || chosen.includes(part);
const report = new Report(describeMachine());
const { path, reason } = ensureChromium(console.log);
if (path === undefined) {
  console.log(reason);
  process.exit(1);
}
const stage = await Stage.start(process.env.QUAYSIDE_TEST_DATABASE_URL, process.env.QUAYSIDE_TEST_DIST);
let browser;
try {
  browser = await Browser.start(stage, path);
  await stage.fill(1, SMALL);
  if (wants('cold')) await measureCold(report, browser);
  if (wants('routes')) await measureRoutes(report, browser);
  if (wants('keys')) await measureKeys(report, browser);
  if (wants('live')) await measureLive(report, browser, stage);
  if (wants('list')) {
    await stage.fill(SMALL + 1, LARGE);
    await measureList(report, browser);
  }
} finally {
  await browser?.stop();
  await stage.stop();
}
report.print();
report.save(join(ROOT, '.cache', 'bench-console.json'));
