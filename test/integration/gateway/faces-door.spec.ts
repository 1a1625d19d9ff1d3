import { once } from 'node:events';
import { connect } from 'node:net';
import { call, FaceWorld } from './face-world';
import { BOOTSTRAP_KEY } from './world';

const MEBIBYTE = 1024 * 1024;

describe('the door of the faces', () => {
  const faces = new FaceWorld();
  const { older } = faces;

  beforeAll(() => faces.start(), 180_000);
  beforeEach(() => {
    faces.forget();
  });
  afterAll(() => faces.stop());

  it('says where credentials come from to whoever has none', async () => {
    const answer = await fetch(`${faces.base}/servers/older/mcp`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(401);
    const url = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(url).toBe(`${faces.base}/.well-known/oauth-protected-resource/servers/older/mcp`);
    expect(await (await fetch(url)).json()).toMatchObject({
      resource: `${faces.base}/servers/older/mcp`,
      bearer_methods_supported: ['header'],
    });
  });

  it('refuses what a caller may not do, and nothing of it reaches a server', async () => {
    const { key } = await faces.world.issueKey('viewer');
    const session = await faces.begin('/servers/older/mcp', key);
    const answer = await faces.post('/servers/older/mcp', call(5), session, key);
    expect(answer).toMatchObject({
      status: 403,
      body: { id: 5, error: { data: { code: 'permission_denied' } } },
    });
    expect(answer.headers.get('www-authenticate')).toContain('scope="mcp:tools.call"');
    expect(older.messages('tools/call')).toEqual([]);
  });

  it('knows its methods, types and sizes', async () => {
    const put = await faces.send('/mcp', { method: 'PUT', body: '{}' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
    const typed = await faces.send('/mcp', {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(typed.status).toBe(400);
    const large = await faces.send('/servers/older/mcp', { method: 'POST', body: 'x'.repeat(5 * MEBIBYTE) });
    expect(large.status).toBe(413);
    const page = await faces.send('/mcp', {
      method: 'POST',
      body: '{}',
      headers: { origin: 'http://elsewhere.test' },
    });
    expect(page.status).toBe(403);
  });

  it('answers in order over one connection, whichever way each request has to be read', async () => {
    const session = await faces.begin('/servers/older/mcp');
    const socket = connect(Number(new URL(faces.base).port), '127.0.0.1');
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const ended = once(socket, 'close');
    const fields = {
      ...{ host: '127.0.0.1', authorization: `Bearer ${BOOTSTRAP_KEY}`, 'content-type': 'application/json' },
      ...session,
    };
    const ask = (id: number, more: string): string => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...call(id) });
      const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
      const isChunked = more.includes('chunked');
      const length = isChunked ? '' : `content-length: ${body.length}\r\n`;
      const sent = isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
      return `POST /servers/older/mcp HTTP/1.1\r\n${head.join('')}${length}${more}\r\n${sent}`;
    };
    socket.write(
      [
        ...[ask(1, ''), ask(2, ''), 'GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'],
        ...[ask(3, 'transfer-encoding: chunked\r\n'), ask(4, 'connection: close\r\n')],
      ].join(''),
    );
    await ended;
    expect([...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(Array(5).fill('200'));
    expect([...said.matchAll(/"id":\s?(\d)/g)].map(([, id]) => id)).toEqual(['1', '2', '3', '4']);
    expect(older.messages('tools/call')).toHaveLength(4);
  });

  it('tells what is not there, and what does not run', async () => {
    await faces.world.instance({ name: 'halted', phase: 'stopped', desired: 'stopped' });
    expect(await faces.post('/servers/nobody/mcp', call(1))).toMatchObject({
      ...{ status: 404, body: { id: 1, error: { data: { code: 'server_unknown' } } } },
    });
    const halted = await faces.post('/servers/halted/mcp', call(2));
    expect(halted).toMatchObject({
      status: 503,
      body: { id: 2, error: { data: { code: 'server_not_running' } } },
    });
    expect(Number(halted.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
