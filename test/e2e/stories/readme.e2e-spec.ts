import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../installation';

/** The commands of the README's first block, without the line that finds a running installation. */
function readmeCommands(): string {
  const readme = readFileSync(join(__dirname, '..', '..', '..', 'README.md'), 'utf8');
  const block = /```sh\n([\s\S]+?)```/.exec(readme)?.[1] ?? '';
  return block.replace(/^eval .*$/m, '');
}

describe("the README's first example", () => {
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start();
  }, 180_000);

  afterAll(() => quayside.stop());

  it('creates an instance and calls a tool, as printed', () => {
    const output = execFileSync('bash', ['-euo', 'pipefail', '-c', readmeCommands()], {
      encoding: 'utf8',
      timeout: 120_000,
      env: {
        PATH: process.env['PATH'],
        QUAYSIDE_URL: `http://127.0.0.1:${String(quayside.port('all-in-one'))}`,
        QUAYSIDE_API_KEY: quayside.key,
      },
    });
    expect(output).toContain('"status":"running"');
    expect(output).toContain('"tool_name":"read_graph"');
    expect(output).toContain('"is_error":false');
  }, 180_000);
});
