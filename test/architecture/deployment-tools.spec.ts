import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeFiles, composeTool } from '../compose-tool';
import { ROOT } from './sources';

/** Reading a file takes a tool a moment; on a busy machine a long one. */
const LIMIT_MS = 50_000;
const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  QUAYSIDE_IMAGE: 'quayside:0.1.0',
  PUBLIC_URL: 'https://quayside.example.com',
  CERTS: '/etc/quayside/certs',
};

function run(command: readonly string[]) {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    env: ENVIRONMENT,
  });
  return { status, stdout, words: stderr };
}

const compose = composeTool();
const stack = ['docker', 'stack', 'config'];
const staging = 'docker/compose.staging.yaml';
const folder = mkdtempSync(join(tmpdir(), 'quayside-compose-'));

const readings = [
  ...[['docker/compose.yaml'], [staging], [staging, 'docker/compose.tls.yaml']].flatMap((files) => {
    if (compose === undefined) return [];
    const paths = files.map((file) => join(ROOT, file));
    return {
      said: `${compose.join(' ')} reads ${files.join(' with ')}`,
      command: [...compose, ...composeFiles(compose, paths, folder), 'config'],
      holds: /image: quayside:local/,
    };
  }),
  ...(run([...stack, '--help']).status === 0
    ? [
        {
          said: `${stack.join(' ')} reads deploy/swarm/stack.yaml`,
          command: [...stack, '--compose-file', join(ROOT, 'deploy/swarm/stack.yaml')],
          holds: /image: quayside:0\.1\.0/,
        },
      ]
    : []),
];

// deployment.spec.ts looks at what the files say; here those who will act on them do, where they are installed.
describe('E28: the tools for the deployment files', () => {
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(`are asked where they are${readings.length === 0 ? ', which is nowhere here' : ''}`, () => {
    expect(readings.filter(({ command }) => command.length < 4)).toEqual([]);
  });

  for (const { said, command, holds } of readings)
    it(said, () => {
      const { status, stdout, words } = run(command);
      expect([status, words.replaceAll(/^.*obsolete.*$\n?/gm, '')]).toEqual([0, '']);
      expect(stdout).toMatch(holds);
    });
});
