import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '@app/http';
import { createLogger, NestLogger } from '@app/telemetry';
import { mountConsole } from '../../../src/console';

@Module({})
class Nothing {}

const PAGE = `<!doctype html><meta name="quayside-base" content="" /><meta name="quayside-nonce" content="" />
<script src="./theme.js"></script><script type="module" crossorigin src="./assets/index-a1b2.js"></script>`;
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2_000))})`;
const PUBLIC_URLS = ['https://one.example/quayside', 'https://two.example'];

describe('the console as it is served', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-console-'));
  let app: NestFastifyApplication;

  beforeAll(async () => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'theme.js'), 'theme()');
    writeFileSync(join(folder, 'private.txt'), 'not for anybody');
    writeFileSync(join(folder, 'assets', 'index-a1b2.js'), SCRIPT);
    writeFileSync(join(folder, 'assets', 'index-a1b2.js.gz'), gzipSync(SCRIPT));
    app = await createHttpApp(Nothing, {
      logger: new NestLogger(createLogger({ level: 'error', role: 'api' })),
      ...{ version: '1.2.3', publicUrls: PUBLIC_URLS, idempotency: false },
    });
    await mountConsole(app, { folder, publicUrls: PUBLIC_URLS, version: '1.2.3' });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { host: 'localhost', ...headers } });

  it.each([
    '/console/',
    '/console/welcome',
    '/console/instances/everything?tab=logs',
    '/console/no-such-screen',
  ])('is one page at %s', async (url) => {
    const { statusCode, headers, body } = await get(url);
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('src="/console/assets/index-a1b2.js"');
  });

  it('has rules and a word of its own in each answer', async () => {
    const first = await get('/console/');
    const policy = String(first.headers['content-security-policy']);
    const [, nonce = 'none'] = /style-src 'self' 'nonce-([^']+)'/.exec(policy) ?? [];
    expect(first.body).toContain(`<meta name="quayside-nonce" content="${nonce}" />`);
    expect((await get('/console/')).body).not.toContain(nonce);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    for (const rule of [
      ...["default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'"],
      ...["frame-ancestors 'none'", "require-trusted-types-for 'script'", 'trusted-types default'],
    ])
      expect(policy.split('; ')).toContain(rule);
    expect(first.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(first.headers['permissions-policy']).toMatch(/camera=\(\).*clipboard-write=\(self\)$/);
  });

  it('knows the prefix of the host it is reached by', async () => {
    const { body } = await get('/console/agents', { host: 'one.example' });
    expect(body).toContain('src="/quayside/console/assets/index-a1b2.js"');
    expect(body).toContain('<meta name="quayside-base" content="/quayside" />');
    expect((await get('/console/agents', { host: 'two.example' })).body).toContain('src="/console/theme.js"');
  });

  it('gives its parts once and for all, in the smallest form there is', async () => {
    const plain = await get('/console/assets/index-a1b2.js');
    expect([plain.statusCode, plain.body]).toEqual([200, SCRIPT]);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const small = await get('/console/assets/index-a1b2.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect(small.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(small.rawPayload.length).toBeLessThan(SCRIPT.length / 2);
    const again = await get('/console/assets/index-a1b2.js', {
      'if-none-match': String(plain.headers['etag']),
    });
    expect(again.statusCode).toBe(304);
  });

  it('asks to look again at what has no hash in its name', async () => {
    const { headers, body, statusCode } = await get('/console/theme.js');
    expect([statusCode, body, headers['cache-control']]).toEqual([200, 'theme()', 'no-cache']);
    const again = await get('/console/theme.js', { 'if-none-match': String(headers['etag']) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([
    ...['/api/v1/no-such-thing', '/consoles/', '/anything', '/console/assets/no-such-part.js'],
    ...['/console/assets/..%2findex.html', '/console/assets/../../package.json'],
  ])('is not what is found at %s', async (url) => {
    const { statusCode, headers } = await get(url, { accept: 'text/html' });
    expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json']);
  });

  it('gives nothing else that lies in its folder', async () => {
    for (const url of ['/console/private.txt', '/console/..%2fprivate.txt'])
      expect((await get(url)).body).not.toContain('not for anybody');
  });

  it('is where people are led to, and where programs are told of', async () => {
    const person = await get('/', { accept: 'text/html,application/xhtml+xml' });
    expect([person.statusCode, person.headers['location']]).toEqual([303, '/console/']);
    const prefixed = await get('/', { accept: 'text/html', host: 'one.example' });
    expect(prefixed.headers['location']).toBe('/quayside/console/');
    const program = await get('/', { accept: '*/*' });
    expect([program.statusCode, program.headers['content-type']]).toEqual([200, 'application/json']);
    expect(program.json()).toMatchObject({
      ...{ name: 'quayside', version: '1.2.3' },
      links: { console: '/console/', openapi: '/openapi.json' },
    });
    expect((await get('/console')).headers['location']).toBe('/console/');
  });

  it('says so where it was not built, and comes without a restart', async () => {
    rmSync(join(folder, 'index.html'));
    const { statusCode, body } = await get('/console/');
    expect([statusCode, (JSON.parse(body) as { code: string }).code]).toEqual([503, 'console_not_built']);
    writeFileSync(join(folder, 'index.html'), PAGE);
    expect((await get('/console/')).statusCode).toBe(200);
  });
});
