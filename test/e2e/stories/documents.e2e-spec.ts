import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DIST, Installation } from '../installation';
import { follow, missingLines, runnablePage } from '../runnable';

const HOOK = join(__dirname, '..', 'no-way-out.cjs');
const PAGES = [
  'README.md',
  'docs/tutorial.md',
  'docs/how-to/agent.md',
  'docs/how-to/pipeline.md',
  'docs/how-to/rotate-keys.md',
];

describe('somebody who follows the documentation', () => {
  let quayside: Installation;
  let home: string;
  let outbound: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'quayside-reader-'));
    outbound = join(home, 'outbound.log');
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'quayside'),
      `#!/bin/sh\nexec "${process.execPath}" "${DIST}/src/cli/main.js" "$@"\n`,
    );
    chmodSync(join(bin, 'quayside'), 0o755);
    // As npm puts it there: the package, by its name.
    mkdirSync(join(home, 'node_modules'));
    symlinkSync(dirname(DIST), join(home, 'node_modules', 'quayside'));
    quayside = await Installation.start({
      env: { NODE_OPTIONS: `--require ${HOOK}`, QUAYSIDE_TEST_OUTBOUND: outbound },
    });
  }, 180_000);

  afterAll(async () => {
    await (quayside as Installation | undefined)?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it.each(PAGES)(
    '%s: its blocks run, and print what it says',
    async (name) => {
      const folder = mkdtempSync(join(home, 'page-'));
      const runs = await follow(runnablePage(name), folder, {
        PATH: `${join(home, 'bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
        HOME: folder,
        QUAYSIDE_URL: `http://127.0.0.1:${String(quayside.port('all-in-one'))}`,
        QUAYSIDE_API_KEY: quayside.key,
      });
      expect(runs.length).toBeGreaterThan(0);
      for (const run of runs) expect([run.printed, missingLines(run)]).toEqual([run.printed, []]);
    },
    240_000,
  );

  it('finds the same pages at the installation, wherever llms.txt leads', async () => {
    const index = await quayside.api.ok<string>('GET', '/llms.txt');
    const links = [...index.matchAll(/\]\(([^)]+)\)/g)].map((match) => `/${match[1] ?? ''}`);
    for (const link of links) {
      // Without a key: whoever has the address may read.
      const answer = await fetch(`http://127.0.0.1:${String(quayside.port('all-in-one'))}${link}`);
      expect([link, answer.status, (await answer.text()).length > 100]).toEqual([link, 200, true]);
    }
    for (const link of ['/docs/nothing-like-it.md', '/docs/errors/..%2f..%2fpackage.md', '/docs/how-to/.md'])
      expect([link, (await quayside.api.request('GET', link)).status]).toEqual([link, 404]);
  }, 120_000);

  it('is told to nobody else: no request leaves the machine', () => {
    // What would be found if there were one.
    const probe = join(home, 'probe.log');
    const leave = `require('net').connect(9, '192.0.2.1').on('error', () => 0); process.exit()`;
    execFileSync(process.execPath, ['--require', HOOK, '-e', leave], {
      env: { QUAYSIDE_TEST_OUTBOUND: probe },
    });
    expect(readFileSync(probe, 'utf8')).toContain('connect 192.0.2.1');

    expect(existsSync(outbound) ? readFileSync(outbound, 'utf8') : '').toBe('');
  });
});
