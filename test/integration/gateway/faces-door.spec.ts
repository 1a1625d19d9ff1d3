import { call, FaceWorld } from './face-world';

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
