// `npm run check`: what a change must pass, the same for developers and CI. `--no-tests` leaves the tests out,
// `--only lint,types` runs chosen steps.
import { spawnSync } from 'node:child_process';
import { build, install, requireNode, ROOT } from './prepare.mjs';

const STEPS = {
  format: ['npx', 'prettier', '--check', '.', '--log-level', 'warn'],
  lint: ['npx', 'eslint', '--max-warnings', '0', '.'],
  types: ['npx', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  console: ['node', 'scripts/console.mjs', 'check'],
  arch: ['npx', 'depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'libs'],
  deadcode: ['npx', 'knip', '--no-progress'],
  openapi: ['node', 'scripts/openapi.mjs', '--check'],
  docs: ['node', 'scripts/docs.mjs', '--check'],
  tests: ['node', 'scripts/test.mjs'],
};

requireNode();
install();
build();

const args = process.argv.slice(2);
const only = args[args.indexOf('--only') + 1]?.split(',');
const chosen = Object.keys(STEPS).filter((step) => {
  if (args.includes('--only')) return only.includes(step);
  return step !== 'tests' || !args.includes('--no-tests');
});
const unknown = args.includes('--only') ? only.filter((step) => !(step in STEPS)) : [];
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}. Steps: ${Object.keys(STEPS).join(', ')}.`);
  process.exit(2);
}

const failed = [];
for (const step of chosen) {
  const [command, ...rest] = STEPS[step];
  const startedAt = Date.now();
  const quiet = step !== 'tests';
  const { status, stdout, stderr } = spawnSync(command, rest, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : 'inherit',
    maxBuffer: 64 * 1024 * 1024,
  });
  const ok = status === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${step} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (!ok) {
    failed.push(step);
    if (quiet) console.log(`${stdout}${stderr}`.trim());
  }
}
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`);
  process.exit(1);
}
