import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Launched, nothingIsLeft, quayside, script } from './launched';

const READY = 'Quayside is ready';
const KEY = /Admin key\s+(\S{32,})/;

describe('the launcher', () => {
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'quayside-launcher-'));
    // As root the database runs as another user, who has to pass through.
    chmodSync(home, 0o711);
  });

  afterAll(async () => {
    await quayside(home, 'down');
    await nothingIsLeft(home);
    rmSync(home, { recursive: true, force: true });
  });

  it('starts from nothing, shows a tool call and the key once, and leaves nothing running', async () => {
    const first = await Launched.start(home);
    await first.prints('everything → echo: "');
    expect(first.output).toContain(READY);
    expect(first.output).toContain('(embedded)');
    expect(first.output).toMatch(KEY);

    const key = KEY.exec(first.output)?.[1] ?? '';
    const answer = await fetch(`${first.url}/api/v1/mcp/instances`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);

    expect(await first.end('SIGINT')).toBe(0);
    await nothingIsLeft(home);
  }, 300_000);

  it('E19: keeps a log of which each line is an object', () => {
    const folder = join(home, 'data', 'logs');
    const lines = readdirSync(folder).flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
    );
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines)
      expect(Object.keys(JSON.parse(line) as object)).toEqual(
        expect.arrayContaining(['time', 'level', 'msg']),
      );
  });

  it('keeps secrets to its user', () => {
    const path = join(home, 'data', 'secrets.json');
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object)).toEqual([
      'master_key',
      'jwt_secret',
      'api_key',
    ]);
  });

  it('starts again with its data, without the demo and without the key', async () => {
    const second = await Launched.start(home);
    await second.prints(READY);
    expect(second.output).not.toMatch(KEY);
    expect((await quayside(home, 'status')).output).toContain(second.url);

    const key = /QUAYSIDE_API_KEY=(\S+)/.exec((await quayside(home, 'env')).output)?.[1] ?? '';
    const answer = await fetch(`${second.url}/mcp/instances/everything`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);

    const rival = await Launched.start(home);
    expect(await rival.exit()).toBe(1);
    expect(rival.output).toContain('is running already');

    const down = await quayside(home, 'down');
    expect(down.output).toContain('Stopped.');
    expect(await second.exit()).toBe(0);
    await nothingIsLeft(home);
  }, 300_000);

  it('leaves nothing behind when it is killed, and the next start works', async () => {
    const killed = await Launched.start(home);
    await killed.prints(READY);
    await killed.end('SIGKILL');
    await nothingIsLeft(home);

    const next = await Launched.start(home);
    await next.prints(READY);
    expect(await next.end('SIGTERM')).toBe(0);
    await nothingIsLeft(home);
  }, 300_000);

  it('says in one sentence that the port is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) =>
      blocker.listen(0, '127.0.0.1', () => {
        resolve();
      }),
    );
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';

    const refused = await Launched.start(home, { SERVER_PORT: port });
    expect(await refused.exit()).toBe(1);
    expect(refused.output).toContain(`Port ${port} of 127.0.0.1 is in use`);
    expect(refused.output).not.toMatch(/\n\s+at /);
    blocker.close();
    await nothingIsLeft(home);
  }, 120_000);

  it('refuses a sample secret and names the setting', async () => {
    const refused = await Launched.start(home, { JWT_SECRET: 'your-jwt-secret-key' });
    expect(await refused.exit()).toBe(78);
    expect(refused.output).toContain('JWT_SECRET');
    await nothingIsLeft(home);
  }, 120_000);

  it.each([
    ['with the demonstration', [], 'everything runs already.'],
    ['without it', ['--no-demo'], 'Starting everything …'],
  ])(
    'E21: on a machine without Docker two commands run a server and call its tool, %s',
    async (_how, options, said) => {
      const fresh = mkdtempSync(join(tmpdir(), 'quayside-fresh-'));
      chmodSync(fresh, 0o711);
      const up = await Launched.start(fresh, {}, ...options);
      try {
        await up.prints(READY);
        expect(up.output).toContain('bundled servers as processes');
        if (options.length === 0) await up.prints('everything → echo: "');
        const { status, printed, talk } = await script(
          fresh,
          'quayside run everything && quayside call everything echo message=hi -o json',
        );
        expect(status).toBe(0);
        expect(talk).toContain(said);
        const [, answer = ''] = printed.split(/^(?=\{)/m);
        expect(JSON.parse(answer)).toMatchObject({ is_error: false, content: [{ text: 'Echo: hi' }] });
        expect((await script(fresh, 'quayside ps -o name')).printed).toBe('everything\n');
      } finally {
        await up.end('SIGTERM');
        await nothingIsLeft(fresh);
        rmSync(fresh, { recursive: true, force: true });
      }
    },
    300_000,
  );

  it('removes all data only when told so twice', async () => {
    expect((await quayside(home, 'reset')).status).toBe(1);
    expect((await quayside(home, 'reset', '--yes')).status).toBe(0);
    expect((await quayside(home, 'env')).status).toBe(1);
  }, 120_000);
});
