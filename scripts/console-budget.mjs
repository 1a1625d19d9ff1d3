// What the built console may weigh, as it travels (gzip). The build fails above it, and a test looks at the files that are tested.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const KILOBYTE = 1000;
const INITIAL_JS_KB = 260;
const INITIAL_CSS_KB = 40;
/** A screen, a tab of one, or a lazy part that is not named below; the code it shares with most others is not its own. */
const SCREEN_KB = 40;
const SHARED = ['first', 'parts', 'inputs'];
const SHARED_KB = 40;
const LAZY = 'src/components/lazy';
/** A part named first has brought what a later one shares with it. */
const PARTS = [
  { what: 'forms', source: `${LAZY}/schema-form/form.tsx`, kb: 170 },
  { what: 'editor', source: `${LAZY}/code-editor/view.tsx`, kb: 140 },
  { what: 'graph', source: `${LAZY}/dag/canvas.tsx`, kb: 80 },
  { what: 'charts', source: `${LAZY}/time-chart/view.tsx`, kb: 25 },
];
/** The policy of the page refuses what makes code from text. */
const FORBIDDEN = /\beval\(|\bnew Function\(/;

/** Every part of the build with its weight and its limit, and what else is not as it must be. */
export function weigh(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8'));
  const entry = Object.keys(manifest).find((key) => manifest[key].isEntry === true);
  const first = closureOf(manifest, [entry]);
  const kb = (files) => files.reduce((sum, file) => sum + bytesOf(folder, file), 0) / KILOBYTE;
  const scripts = (keys) => kb([...keys].map((key) => manifest[key].file));
  const styles = new Set([...first].flatMap((key) => manifest[key].css ?? []));
  const rows = [
    { what: 'first scripts', kb: scripts(first), limit: INITIAL_JS_KB },
    { what: 'first styles', kb: kb([...styles]), limit: INITIAL_CSS_KB },
  ];
  const known = new Set(first);
  for (const key of Object.keys(manifest).filter((each) => SHARED.includes(manifest[each].name))) {
    if (!first.has(key)) rows.push({ what: manifest[key].name, kb: scripts([key]), limit: SHARED_KB });
    known.add(key);
  }
  for (const { what, source, limit } of lazyParts(manifest)) {
    const own = [...closureOf(manifest, [source])].filter((key) => !known.has(key));
    rows.push({ what, kb: scripts(own), limit });
    if (limit > SCREEN_KB) for (const key of own) known.add(key);
  }
  return { rows, faults: faultsIn(folder) };
}

function lazyParts(manifest) {
  const named = PARTS.map(({ what, source, kb }) => ({ what, source, limit: kb }));
  const lost = named.filter(({ source }) => manifest[source] === undefined);
  if (lost.length > 0) throw new Error(`Not in the build: ${lost.map(({ source }) => source).join(', ')}.`);
  const sources = new Set(named.map(({ source }) => source));
  const others = Object.keys(manifest)
    .filter((key) => manifest[key].isDynamicEntry === true && !sources.has(key))
    .map((source) => ({ what: source.replace(/^.*\/(src|node_modules)\//, ''), source, limit: SCREEN_KB }));
  return [...named, ...others];
}

/** What is loaded with these: all that they import at their head. */
function closureOf(manifest, keys, found = new Set()) {
  for (const key of keys) {
    if (found.has(key)) continue;
    found.add(key);
    closureOf(manifest, manifest[key].imports ?? [], found);
  }
  return found;
}

function bytesOf(folder, file) {
  const packed = join(folder, `${file}.gz`);
  return statSync(existsSync(packed) ? packed : join(folder, file)).size;
}

function faultsIn(folder) {
  const assets = readdirSync(join(folder, 'assets'));
  const maps = assets.filter((name) => name.endsWith('.map')).map((name) => `${name}: not to be shipped`);
  const codeMakers = assets
    .filter(
      (name) => name.endsWith('.js') && FORBIDDEN.test(readFileSync(join(folder, 'assets', name), 'utf8')),
    )
    .map((name) => `${name}: makes code from text`);
  return [...maps, ...codeMakers];
}

/** Refuses a build that weighs too much or holds what it must not; the heaviest parts are named either way. */
export function requireBudget(folder, { print = false } = {}) {
  const { rows, faults } = weigh(folder);
  const line = ({ what, kb, limit }) => `${kb.toFixed(1).padStart(6)} of ${limit} kB  ${what}`;
  if (print) for (const row of rows) console.log(line(row));
  const over = [...rows.filter(({ kb, limit }) => kb > limit).map(line), ...faults];
  if (over.length > 0) throw new Error(`The console is over its budget:\n${over.join('\n')}`);
}
