import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { type BundledEntry } from '@app/container-engine';
import { type EnvironmentVariable } from '@app/contracts';

/** An MCP server whose code ships with us. It runs as `node <args>`; nothing of the arguments comes from the API. */
export interface BundledServer extends BundledEntry {
  readonly title: string;
  readonly description: string;
  readonly transport: 'stdio';
  readonly envSchema: readonly EnvironmentVariable[];
}

const entry = (
  about: Pick<BundledServer, 'name' | 'title' | 'description' | 'args'>,
  envSchema: readonly EnvironmentVariable[] = [],
): BundledServer => ({
  ...about,
  transport: 'stdio',
  envSchema,
  environment: envSchema.map(({ name }) => name),
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

export const BUNDLED: readonly BundledServer[] = [
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
      args: (home) => [
        ownProgram('official'),
        'filesystem',
        packageProgram('@modelcontextprotocol/server-filesystem'),
        home,
      ],
    },
    [
      {
        name: 'ALLOWED_DIRECTORIES',
        type: 'string',
        description:
          'Existing absolute directories, separated by commas. Without any it works in its own home.',
      },
    ],
  ),
  entry({
    name: 'memory',
    title: 'Memory',
    description: 'The official memory server: keeps a small graph of facts between conversations.',
    args: (home) => [
      ownProgram('official'),
      'memory',
      packageProgram('@modelcontextprotocol/server-memory'),
      home,
    ],
  }),
  entry(
    {
      name: 'needs-key',
      title: 'Needs a key',
      description: 'Refuses to start without DEMO_API_KEY: shows what a missing secret looks like.',
      args: () => [ownProgram('needs-key')],
    },
    // Not marked required on purpose: the sample is about a server that says so only when it starts.
    [{ name: 'DEMO_API_KEY', type: 'string', secret: true, description: 'Any text.' }],
  ),
];

export const bundledEntry = (name: string): BundledServer | undefined =>
  BUNDLED.find((candidate) => candidate.name === name);
