import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type ConformanceTool } from './tool';

export type Revision = '2025-11-25' | '2026-07-28';
export type Side = 'server' | 'client';

/** One scenario may take that long; the suite's own default is too short for a machine that does other things. */
const SCENARIO_LIMIT_MS = 120_000;
const RUN_LIMIT_MS = 300_000;
const KEPT_OUTPUT_CHARACTERS = 2_000;

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  readonly errorMessage?: string;
}

interface Requirements {
  readonly server: readonly string[];
  readonly client: readonly string[];
  readonly not_scored: readonly { readonly scenario: string; readonly leg: Side }[];
}

/** What each scenario found, and the end of what the program wrote, for one that found nothing. */
export interface Findings {
  readonly checks: ReadonlyMap<string, readonly Check[]>;
  readonly output: string;
}

/** The scenarios that a revision demands, from the list that the suite ships. */
export function required(tool: ConformanceTool, revision: Revision, side: Side): readonly string[] {
  const file = join(dirname(dirname(tool.conformance)), 'requirements', `${revision}.yaml`);
  return (parse(readFileSync(file, 'utf8')) as Requirements)[side];
}

/** All scenarios of a revision against a server, in one run. */
export async function runServerSuite(
  tool: ConformanceTool,
  url: string,
  revision: Revision,
): Promise<Findings> {
  return withFolder(async (folder) => {
    const args = ['server', '--url', url, '--requirements', revision];
    const output = await run(tool, [...args, '--timeout', String(SCENARIO_LIMIT_MS), '-o', folder]);
    return { checks: readChecks(folder), output };
  });
}

/** One scenario against a server. */
export async function runServerScenario(
  tool: ConformanceTool,
  url: string,
  scenario: string,
  revision: Revision,
): Promise<Findings> {
  return withFolder(async (folder) => {
    const args = ['server', '--url', url, '--scenario', scenario, '--spec-version', revision];
    const output = await run(tool, [...args, '--timeout', String(SCENARIO_LIMIT_MS), '-o', folder]);
    return { checks: readChecks(folder), output };
  });
}

/** One scenario against a client: run by itself, since the suite would start all at once and some measure time. */
export async function runClientScenario(
  tool: ConformanceTool,
  command: string,
  scenario: string,
  revision: Revision,
): Promise<Findings> {
  return withFolder(async (folder) => {
    const args = ['client', '--command', command, '--scenario', scenario, '--spec-version', revision];
    const limits = ['--force', '--timeout', String(SCENARIO_LIMIT_MS)];
    const output = await run(tool, [...args, ...limits, '-o', folder]);
    return { checks: readChecks(folder), output };
  });
}

/** In words; empty when the scenario ran and nothing in it failed. The suite scores in the same way. */
export function failuresOf(
  { checks, output }: Findings,
  scenario: string,
  except: ReadonlySet<string> = new Set(),
): readonly string[] {
  const found = checks.get(scenario);
  if (found === undefined || found.length === 0)
    return [`${scenario} did not run. The end of the output:\n${output}`];
  return found
    .filter(({ id, status }) => status === 'FAILURE' && !except.has(id))
    .map(({ id, errorMessage }) => `${id}: ${errorMessage ?? 'no reason given'}`);
}

/** How many checks succeeded and failed, over all scenarios that ran, required or not. */
export function tally({ checks }: Findings): string {
  const all = [...checks.values()].flat();
  const count = (wanted: Check['status']): number => all.filter(({ status }) => status === wanted).length;
  return `${count('SUCCESS')} passed, ${count('FAILURE')} failed, ${count('WARNING')} warnings`;
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-conformance-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its exit code says less than the checks that it leaves behind. What it started ends with it, hanging or not. */
function run({ node, conformance }: ConformanceTool, args: readonly string[]): Promise<string> {
  const child = spawn(node, [conformance, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const limit = setTimeout(() => {
    endGroup(child.pid);
  }, RUN_LIMIT_MS);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-KEPT_OUTPUT_CHARACTERS);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', () => {
      clearTimeout(limit);
      endGroup(child.pid);
      resolve(output);
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nobody of it is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Folders are named `[server-]<scenario>-<time>`; a scenario with a slash lies one level deeper. */
function readChecks(folder: string): ReadonlyMap<string, readonly Check[]> {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const found = all.filter((path) => basename(path) === 'checks.json');
  return new Map(
    found.map((path) => {
      const scenario = dirname(path)
        .replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '')
        .replace(/^server-/, '');
      return [scenario, JSON.parse(readFileSync(join(folder, path), 'utf8')) as readonly Check[]];
    }),
  );
}
