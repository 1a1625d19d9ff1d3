import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { type EnvironmentVariable } from '@app/contracts';

/** What an entry may know of the process that is about to start. */
export interface BundledRun {
  /** A directory of its own, the only one it may write to unless told otherwise. */
  readonly home: string;
  /** The declared variables that have a value. */
  readonly environment: Readonly<Record<string, string>>;
}

/** An MCP server whose code ships with us. It runs as `node <args>`; nothing of it comes from the API. */
export interface BundledEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly transport: 'stdio';
  readonly envSchema: readonly EnvironmentVariable[];
  /** Names of variables that reach the process; all others stay outside. */
  readonly environment: readonly string[];
  /** The script and its arguments, never a shell line. */
  args(run: BundledRun): string[];
  /** Variables that we set for it. */
  fixedEnvironment(run: BundledRun): Record<string, string>;
  /** Directories that a sandbox must let it write to, beside its home. */
  writablePaths(run: BundledRun): string[];
}

type Extras = Partial<Pick<BundledEntry, 'envSchema' | 'fixedEnvironment' | 'writablePaths'>>;

const entry = (
  about: Pick<BundledEntry, 'name' | 'title' | 'description' | 'args'>,
  extras: Extras = {},
): BundledEntry => ({
  transport: 'stdio',
  environment: (extras.envSchema ?? []).map(({ name }) => name),
  envSchema: [],
  fixedEnvironment: () => ({}),
  writablePaths: () => [],
  ...about,
  ...extras,
});

/** A program of this folder. From sources (under a test runner) the compiled one is used: Node cannot run them. */
function ownProgram(name: string): string {
  const folder = extname(__filename) === '.js' ? __dirname : join(__dirname, '../../dist/src/bundled');
  return join(folder, `${name}.js`);
}

/** The bin script of a package, found by its manifest: such packages have no entry point that could be resolved. */
export function packageProgram(packageName: string): string {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0];
  if (script === undefined) throw new Error(`${packageName} has no program`);
  return join(dirname(manifest), script);
}

/**
 * The directories a run may touch. One that holds its home would also hold the homes of others and our own data, so
 * it is refused, loudly: falling back to something else would look as if it had been granted.
 */
function allowedDirectories({ home, environment }: BundledRun): string[] {
  const named = (environment.ALLOWED_DIRECTORIES ?? '')
    .split(/[,\n]/)
    .flatMap((part) => part.split(delimiter))
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const directory of named) {
    const reason = reasonAgainst(directory, home);
    if (reason !== undefined) throw new Error(`ALLOWED_DIRECTORIES: "${directory}" ${reason}`);
  }
  return named.length > 0 ? named.map((directory) => resolve(directory)) : [home];
}

function reasonAgainst(directory: string, home: string): string | undefined {
  if (!isAbsolute(directory) || directory.includes('\0')) return 'is not an absolute path';
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
  const way = relative(real(directory), real(home));
  const holdsHome = way !== '' && !way.startsWith('..') && !isAbsolute(way);
  return holdsHome ? 'holds data of this installation' : undefined;
}

export const BUNDLED: readonly BundledEntry[] = [
  entry({
    name: 'echo',
    title: 'Echo',
    description: 'Answers with what it was asked: for a first try and for tests.',
    args: () => [ownProgram('echo')],
  }),
  entry({
    name: 'everything',
    title: 'Everything',
    description: 'The official demonstration server: every feature of the protocol in one place.',
    args: () => [packageProgram('@modelcontextprotocol/server-everything'), 'stdio'],
  }),
  entry(
    {
      name: 'filesystem',
      title: 'Filesystem',
      description: 'The official file server: reads and writes files below the directories it is allowed.',
      args: (run) => [packageProgram('@modelcontextprotocol/server-filesystem'), ...allowedDirectories(run)],
    },
    {
      writablePaths: allowedDirectories,
      envSchema: [
        {
          name: 'ALLOWED_DIRECTORIES',
          type: 'string',
          description:
            'Existing absolute directories, separated by commas. Without any it works in its own home.',
        },
      ],
    },
  ),
  entry(
    {
      name: 'memory',
      title: 'Memory',
      description: 'The official memory server: keeps a small graph of facts between conversations.',
      args: () => [packageProgram('@modelcontextprotocol/server-memory')],
    },
    // Left to itself it writes beside its own code.
    { fixedEnvironment: ({ home }) => ({ MEMORY_FILE_PATH: join(home, 'memory.jsonl') }) },
  ),
  entry(
    {
      name: 'needs-key',
      title: 'Needs a key',
      description: 'Refuses to start without API_KEY: shows what a missing secret looks like.',
      args: () => [ownProgram('needs-key')],
    },
    {
      // Not marked required on purpose: the sample is about a server that says so only when it starts.
      envSchema: [{ name: 'API_KEY', type: 'string', secret: true, description: 'Any text.' }],
    },
  ),
];

export const bundledEntry = (name: string): BundledEntry | undefined =>
  BUNDLED.find((candidate) => candidate.name === name);
