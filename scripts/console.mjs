// The web console: `types` (client types from openapi.json), `build` (into dist/console, within its budget), `budget` (what a
// build weighs), `check` (types of its sources).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { requireBudget } from './console-budget.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const WEB = join(ROOT, 'src', 'console', 'web');
const DOCUMENT = join(ROOT, 'openapi.json');
const BUILT = join(ROOT, 'dist', 'console');
const TYPES = join(WEB, 'src', 'api', 'schema.gen.d.ts');

/** Types of every path and body, made from the committed document; kept out of git because they follow from it. */
export async function makeTypes() {
  const mark = `// ${createHash('sha256').update(readFileSync(DOCUMENT)).digest('hex')}\n`;
  if (existsSync(TYPES) && readFileSync(TYPES, 'utf8').startsWith(mark)) return;
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const ast = await openapiTS(pathToFileURL(DOCUMENT), { defaultNonNullable: false });
  const half = `${TYPES}.${process.pid}`;
  writeFileSync(half, mark + astToString(ast));
  renameSync(half, TYPES);
}

/** Builds into `outDir` and weighs it; types are not checked here, that is `check`'s. */
export async function buildConsole(outDir) {
  await makeTypes();
  mkdirSync(dirname(outDir), { recursive: true });
  const { build } = await import('vite');
  await build({
    configFile: join(WEB, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  });
  requireBudget(outDir);
}

function checkTypes() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  return (
    spawnSync(process.execPath, [tsc, '--noEmit', '-p', WEB], { cwd: ROOT, stdio: 'inherit' }).status ?? 1
  );
}

const TASKS = {
  types: makeTypes,
  build: () => buildConsole(process.argv[3] ?? BUILT),
  budget: () => requireBudget(process.argv[3] ?? BUILT, { print: true }),
  check: async () => {
    await makeTypes();
    process.exitCode = checkTypes();
  },
};

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const task = TASKS[process.argv[2]];
  if (task === undefined) {
    console.error(`node scripts/console.mjs <${Object.keys(TASKS).join(' | ')}>`);
    process.exit(64);
  }
  await task();
}
