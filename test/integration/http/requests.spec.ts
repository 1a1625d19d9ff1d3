import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { routesOf } from '@app/http';
import { accessLog, createLogger } from '@app/telemetry';
import { startThings, ThingsController } from './things.fixture';

const PATH = '/api/v1/mcp/servers';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

describe('requests', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await startThings({
      publicUrls: ['https://quay.example'],
      corsOrigins: ['https://console.example'],
    });
  });
  afterAll(() => app.close());

  it('reach the same route by the unversioned path', async () => {
    const payload = { name: 'docs', size: 'small' };
    const answer = await app.inject({ method: 'POST', url: '/mcp/servers', payload });

    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ name: 'docs', note: null });
    expect((await app.inject('/mcp/servers/one')).json()).toEqual({ name: 'one', note: null });
  });

  it('leave /mcp alone to the MCP endpoint', async () => {
    expect((await app.inject('/mcp')).json()).toMatchObject({ code: 'route_not_found', instance: '/mcp' });
  });

  it('keep a request id that is safe to repeat, and get another otherwise', async () => {
    const kept = await app.inject({ url: PATH, headers: { 'x-request-id': 'abc-1.2_3' } });
    const replaced = await app.inject({ url: PATH, headers: { 'x-request-id': 'a b\u0001' } });

    expect(kept.headers['x-request-id']).toBe('abc-1.2_3');
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('continue the trace they come with', async () => {
    const headers = { traceparent: TRACEPARENT };
    expect((await app.inject({ url: '/nothing', headers })).json()).toMatchObject({ trace_id: TRACE_ID });
  });

  it('leave a line of level debug under their trace, without what a query says', async () => {
    const lines: string[] = [];
    const logged = async (level: string): Promise<void> => {
      accessLog.open(
        createLogger({ level, role: 'api', destination: { write: (line) => void lines.push(line) } }),
      );
      await app.inject({ url: `${PATH}?q=a-word-of-mine`, headers: { traceparent: TRACEPARENT } });
      accessLog.close();
    };
    await logged('info');
    expect(lines).toEqual([]);
    await logged('debug');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ level: 'debug', context: 'Access', trace_id: TRACE_ID },
      ...{ method: 'GET', path: PATH, status: 400 },
    });
    expect(lines[0]).not.toContain('a-word-of-mine');
  });

  it('get headers that keep browsers strict', async () => {
    const { headers } = await app.inject(PATH);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'quayside-version': '1.2.3',
    });
  });

  it.each(['localhost', 'localhost:8080', '127.0.0.1:80', '[::1]:8080', 'quay.example', 'QUAY.example'])(
    'are served under the host %s',
    async (host) => {
      expect((await app.inject({ url: PATH, headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each(['quay.example.evil', 'evil.example', 'localhost@evil.example', 'localhost.', '10.0.0.1'])(
    'are refused under the host "%s"',
    async (host) => {
      expect((await app.inject({ url: PATH, headers: { host } })).statusCode).toBe(403);
    },
  );

  it('may come from our own pages and from listed origins only', async () => {
    const statusFrom = async (origin: string) =>
      (await app.inject({ url: PATH, headers: { host: 'localhost:8080', origin } })).statusCode;

    expect(await statusFrom('http://localhost:8080')).toBe(200);
    expect(await statusFrom('https://quay.example')).toBe(200);
    expect(await statusFrom('https://console.example')).toBe(200);
    expect(await statusFrom('http://localhost:3000')).toBe(403);
    expect(await statusFrom('https://console.example.evil')).toBe(403);
  });

  it('may ask for health by any address', async () => {
    const answer = await app.inject({ url: '/health', headers: { host: '10.1.2.3:8080' } });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'healthy' }]);
  });

  it('get a Link to the next page beside its cursor', async () => {
    const { headers } = await app.inject('/mcp/servers?size=small&limit=7');
    expect(headers['link']).toBe('</mcp/servers?size=small&limit=7&cursor=abc>; rel="next"');
    expect((await app.inject('/mcp/servers?size=large')).headers['link']).toBeUndefined();
  });

  it('have 50 entries per page when they do not say otherwise', async () => {
    expect((await app.inject(PATH)).json()).toMatchObject({ limit: 50 });
  });

  it('may say how long they wait in a header, and the parameter wins', async () => {
    const wait = async (url: string, prefer: string) => {
      await app.inject({ method: 'POST', url, headers: { prefer } });
      return ThingsController.waited;
    };
    expect(await wait(`${PATH}/wait`, 'respond-async, wait=7')).toBe(7);
    expect(await wait(`${PATH}/wait?wait=3`, 'wait=7')).toBe(3);
  });

  it('are answered 304 when nothing changed', async () => {
    const fresh = await app.inject(`${PATH}/one`);
    const known = await app.inject({ url: `${PATH}/one`, headers: { 'if-none-match': 'W/"v3", "x"' } });
    const older = await app.inject({ url: `${PATH}/one`, headers: { 'if-none-match': '"v2"' } });

    expect(fresh.headers['etag']).toBe('"v3"');
    expect([known.statusCode, known.body]).toEqual([304, '']);
    expect(older.statusCode).toBe(200);
  });

  it.each([
    ['PATCH', undefined, 200],
    ['PATCH', '"v3"', 200],
    ['PATCH', '*', 200],
    ['PATCH', '"v1", "v3"', 200],
    ['PATCH', '"v2"', 412],
    ['PATCH', 'W/"v3"', 412],
    ['PATCH', 'v3', 412],
    ['PUT', undefined, 428],
    ['PUT', '"v3"', 200],
  ] as const)('%s with If-Match %s is answered %i', async (method, etag, status) => {
    const headers = etag === undefined ? {} : { 'if-match': etag };
    const answer = await app.inject({ method, url: `${PATH}/one`, headers });

    expect(answer.statusCode).toBe(status);
    if (status === 412) expect(answer.headers['etag']).toBe('"v3"');
  });

  it('can all be listed, for tests that look for routes nobody claimed', () => {
    expect(routesOf(app).entries()).toEqual(
      expect.arrayContaining([
        ['POST', '/api/v1/mcp/servers'],
        ['GET', '/api/v1/mcp/servers/:id'],
        ['GET', '/health'],
      ]),
    );
  });
});
