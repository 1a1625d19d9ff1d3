// `npm test`: brings what the tests need (dependencies, build, Redis, a private container engine, PostgreSQL), runs the
// projects of jest.config.cjs one after the other and prints the total as the last line.
//   --only unit,e2e   chosen projects      --long   the long project instead      -- <jest arguments>
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, requireNode, ROOT } from './prepare.mjs';
import { groupSpecs } from './spec-groups.mjs';
import { startServices } from './test-services/index.mjs';

const args = process.argv.slice(2);

/** How many files at a time: integration and conformance wait more than they work. Stories about faults and cost run alone: two cores shared by two of them only prove the clock. */
const PROJECTS = { unit: 2, architecture: 2, contract: 2, integration: 3, conformance: 3, e2e: 2, faults: 1 };
const LONG = { long: 1 };
/** A project that has not ended by then hangs; Jest's own limit ends a single test long before. */
const PROJECT_LIMIT_MS = (args.includes('--long') ? 4 * 60 : 25) * 60_000;

const separator = args.indexOf('--');
const own = separator === -1 ? args : args.slice(0, separator);
const jestArgs = separator === -1 ? [] : args.slice(separator + 1);
const only = own.includes('--only') ? own[own.indexOf('--only') + 1].split(',') : undefined;
const projects = Object.entries(own.includes('--long') ? LONG : PROJECTS).filter(
  ([name]) => only?.includes(name) ?? true,
);

requireNode();
install();
build();

const reports = join(ROOT, '.cache', `test-reports-${process.pid}`);
mkdirSync(reports, { recursive: true });

const services = await startServices({ needed: projects.map(([name]) => name) });
const stopOn = (signal) =>
  process.once(signal, () => {
    void services.stop().finally(() => process.exit(130));
  });
['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(stopOn);

// Chosen files run as they are.
const groups = jestArgs.length === 0 ? join(ROOT, 'artifacts', 'spec-groups') : undefined;
if (groups !== undefined) groupAll();

const total = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const [project, workers] of projects) await runProject(project, workers);
} finally {
  await services.stop();
  rmSync(reports, { recursive: true, force: true });
}

for (const { name, reason } of services.missing) console.log(`Not provided: ${name} (${reason})`);
// On CI a test that did not run is a test that did not pass.
const skippedIsFailure = process.env.CI === 'true' && total.skipped > 0;
if (skippedIsFailure) console.log(`CI=true: ${total.skipped} skipped tests count as a failure.`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || skippedIsFailure || total.passed === 0 ? 1 : 0);

function groupAll() {
  groupSpecs(ROOT, 'libs', join(groups, 'unit', 'libs'), 12);
  groupSpecs(ROOT, 'src', join(groups, 'unit', 'src'), 12);
  groupSpecs(ROOT, 'test/integration', join(groups, 'integration'), 6);
}

async function runProject(project, workers) {
  const report = join(reports, `${project}.json`);
  const startedAt = Date.now();
  console.log(`\n== ${project}`);
  const jest = [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--selectProjects',
    project,
    '--json',
    '--outputFile',
    report,
  ];
  const limits = workers === 1 ? ['--runInBand'] : ['--maxWorkers', String(workers)];
  const status = await run([process.execPath, ...jest, ...limits, '--passWithNoTests', ...jestArgs]);
  const result = readReport(report);
  if (result === undefined) {
    console.log(`${project}: the test runner ended without a report (exit code ${status}).`);
    total.failed += 1;
    return;
  }
  total.passed += result.numPassedTests;
  // A file that cannot be loaded has no tests to count, and must not pass for that.
  total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  total.skipped += result.numPendingTests + result.numTodoTests;
  if (status !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) total.failed += 1;
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(
    `== ${project}: ${result.numPassedTests} passed, ${result.numFailedTests} failed, ${result.numPendingTests} skipped (${seconds} s)`,
  );
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function run(command) {
  return new Promise((resolve) => {
    const [file, ...rest] = services.wrap(command);
    const child = spawn(file, rest, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...services.env, ...(groups && { QUAYSIDE_TEST_GROUPS: groups }) },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), PROJECT_LIMIT_MS);
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => {
      clearTimeout(limit);
      resolve(code ?? -1);
    });
  });
}
