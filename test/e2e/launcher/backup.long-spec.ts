import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@app/testing';
import { Launched, nothingIsLeft, quayside } from './launched';

interface Instance {
  readonly status: string;
  readonly id: string;
}

describe('an installation that lost everything', () => {
  const home = mkdtempSync(join(tmpdir(), 'quayside-backup-'));
  const file = join(home, 'kept.backup');
  const passphrase = join(home, 'passphrase');
  const secrets = (): { api_key: string } =>
    JSON.parse(readFileSync(join(home, 'data', 'secrets.json'), 'utf8')) as { api_key: string };

  afterAll(async () => {
    await quayside(home, 'down');
    await nothingIsLeft(home);
    rmSync(home, { recursive: true, force: true });
  }, 120_000);

  async function ask<T>({ url }: Launched, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${secrets().api_key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${text}`);
    return JSON.parse(text) as T;
  }
  const running = (launched: Launched): Promise<Instance> =>
    eventually(
      async () => {
        const instance = await ask<Instance>(launched, '/api/v1/mcp/instances/locked');
        expect(instance.status).toBe('running');
        return instance;
      },
      { deadlineMs: 120_000, everyMs: 200 },
    );

  it('is what it was, secrets included, when its backup is restored', async () => {
    // The database runs as another user and has to pass through.
    chmodSync(home, 0o711);
    writeFileSync(passphrase, 'a passphrase for this test\n', { mode: 0o600 });
    const first = await Launched.start(home);
    await first.prints('Ctrl-C');
    // A server that refuses to start without its secret: it runs only if the secret can be opened.
    await ask(first, '/api/v1/mcp/instances', {
      ...{ name: 'locked', template: 'needs-key', environment: { DEMO_API_KEY: 'kept-in-the-backup' } },
    });
    const { id } = await running(first);
    const made = await quayside(home, 'backup', file, '--passphrase-file', passphrase);
    expect(made).toMatchObject({ status: 0, output: expect.stringContaining('KiB') as string });
    expect(readFileSync(file).includes('kept-in-the-backup')).toBe(false);
    const { api_key: key } = secrets();

    const refused = await quayside(home, 'restore', file, '--passphrase-file', passphrase);
    expect(refused).toMatchObject({ status: 6 });
    expect(await first.end('SIGTERM')).toBe(0);
    expect((await quayside(home, 'reset', '--yes')).status).toBe(0);

    const restored = await quayside(home, 'restore', file, '--passphrase-file', passphrase);
    expect(restored.output).toContain('Restored the state of');
    expect(secrets().api_key).toBe(key);
    const second = await Launched.start(home);
    await second.prints('Ctrl-C');
    expect((await running(second)).id).toBe(id);
    expect(await second.end('SIGTERM')).toBe(0);
  }, 600_000);
});
