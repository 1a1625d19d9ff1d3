// Runs the chosen parts and prints the table. Started by scripts/bench-gateway.mjs, which brings what they need.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../machine.mjs';
import { canMeasure } from '../processes.mjs';
import { ROOT } from '../product.mjs';
import { benchCalls } from './calls.mjs';
import { benchHandshakes } from './handshakes.mjs';
import { benchHang } from './hang.mjs';
import { benchLong } from './long.mjs';
import { parseOptions } from './options.mjs';
import { benchSdk } from './sdk.mjs';
import { Stage } from './stage.mjs';
import { benchStdio } from './stdio.mjs';
import { GoalTable } from './table.mjs';

const DOCUMENT = join(ROOT, 'docs', 'benchmarks.md');
const HEADING = '### Last full run';
const ON_STAGE = {
  calls: benchCalls,
  handshakes: benchHandshakes,
  sdk: benchSdk,
  hang: benchHang,
  long: benchLong,
};

const options = { ...parseOptions(process.argv.slice(2)), serverUrl: process.env.QUAYSIDE_TEST_DATABASE_URL };
const table = new GoalTable(describeMachine());
console.log(table.machine.words);
if (!canMeasure()) table.note('CPU and memory of processes are read from /proc: not measured here');

let failed = false;
/** A part that breaks costs its own figures only. */
async function attempt(part, work) {
  console.log(`\n== ${part}`);
  try {
    await work();
  } catch (error) {
    failed = true;
    console.error(error);
    table.note(`${part}: ended early: ${error.message.slice(0, 160)}`);
  }
}

const onStage = options.parts.filter((part) => part in ON_STAGE);
if (onStage.length > 0) {
  const stage = await Stage.set(options);
  try {
    for (const part of onStage) await attempt(part, () => ON_STAGE[part](table, stage, options));
  } finally {
    await stage.clear();
  }
}
if (options.parts.includes('stdio')) await attempt('stdio', () => benchStdio(table, options));

table.print();
mkdirSync(join(ROOT, '.cache'), { recursive: true });
writeFileSync(join(ROOT, '.cache', 'bench-gateway.json'), `${JSON.stringify(table.content, null, 2)}\n`);
if (options.isFull && !failed) writeReport();
process.exit(failed ? 1 : 0);

/** Replaces the last report in the document; what stands before and after it is written by people. */
function writeReport() {
  const text = readFileSync(DOCUMENT, 'utf8');
  const from = text.indexOf(HEADING);
  if (from === -1) throw new Error(`${DOCUMENT} has no "${HEADING}"`);
  const rest = text.slice(from).search(/\n## /);
  const after = rest === -1 ? '\n' : text.slice(from + rest);
  writeFileSync(DOCUMENT, `${text.slice(0, from)}${HEADING}\n${table.markdown()}\n${after}`);
  console.log(`Written into ${DOCUMENT}`);
}
