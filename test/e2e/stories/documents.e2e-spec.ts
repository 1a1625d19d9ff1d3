import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTBOUND_HOOK, Reader } from '../reader';
import { PAGE_LIMIT_MS } from '../runnable';

describe('somebody who reads the documentation', () => {
  let reader: Reader;

  beforeAll(async () => {
    reader = await Reader.start();
  }, 180_000);
  afterAll(() => (reader as Reader | undefined)?.stop());

  it(
    'E30: does what the README says, and sees what it prints',
    () => reader.follows('README.md'),
    PAGE_LIMIT_MS,
  );

  it('E30: finds the pages at the installation, wherever llms.txt leads', async () => {
    // Without a key: whoever has the address may read.
    const get = (path: string): Promise<Response> => fetch(reader.url + path);
    const index = await (await get('/llms.txt')).text();
    const links = [...index.matchAll(/\]\(([^)]+)\)/g)].map((match) => `/${match[1] ?? ''}`);
    expect(links.length).toBeGreaterThan(30);
    for (const link of links) {
      const answer = await get(link);
      expect([link, answer.status, (await answer.text()).length > 100]).toEqual([link, 200, true]);
    }
    for (const link of ['/docs/nothing-like-it.md', '/docs/errors/..%2f..%2fpackage.md', '/docs/how-to/.md'])
      expect([link, (await get(link)).status]).toEqual([link, 404]);
  }, 120_000);

  it('E32: is told of to nobody: with default settings no request leaves the machine', () => {
    // What would be found if there were one.
    const probe = join(reader.home, 'probe.log');
    const leave = `require('net').connect(9, '192.0.2.1').on('error', () => 0); process.exit()`;
    execFileSync(process.execPath, ['--require', OUTBOUND_HOOK, '-e', leave], {
      env: { QUAYSIDE_TEST_OUTBOUND: probe },
    });
    expect(readFileSync(probe, 'utf8')).toContain('connect 192.0.2.1');

    expect(existsSync(reader.outbound) ? readFileSync(reader.outbound, 'utf8') : '').toBe('');
  });
});
