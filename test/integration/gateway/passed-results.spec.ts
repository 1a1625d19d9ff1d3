import { eventually } from '@app/testing';
import { call, FaceWorld, initializeParams } from './face-world';
import { type Heard, sendEvents, sendJson } from './scripted-upstream';

/** What a parser would change: a long number, a float that is whole, escapes, white space, a member that comes twice. */
const ODD =
  '{ "content" : [{"type":"text","text":"caf\\u00e9 \\/ é 😀"}],\n"n":12345678901234567890,"f":1.0,"n":2 }';
const TOOLS = [{ name: 'echo', inputSchema: { type: 'object' } }];
const NOTHING = { content: [] };

describe('a tool call through an aggregated face to a server of the same era', () => {
  const faces = new FaceWorld();
  const { older } = faces;
  /** What the server answers to calls. */
  let result = ODD;
  /** The session there of the client that was ready last. */
  let atServer = '';

  const script = ({ message }: Heard, response: Parameters<typeof sendJson>[0]): boolean => {
    if (message.method === 'tools/list') {
      sendJson(response, { id: message.id, result: { tools: TOOLS } });
      return true;
    }
    if (message.method !== 'tools/call') return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"jsonrpc":"2.0","id":${String(message.id)},"result":${result}}`);
    return true;
  };

  const begin = async (path: string, capabilities: object = {}): Promise<Record<string, string>> => {
    const params = { ...initializeParams, capabilities };
    const { headers } = await faces.post(path, { id: 0, method: 'initialize', params });
    return { 'mcp-session-id': headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': '2025-11-25' };
  };

  const post = (path: string, message: object, headers: Record<string, string>): Promise<Response> =>
    faces.send(path, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', ...message }), headers });

  const textOf = async (path: string, message: object, headers: Record<string, string>): Promise<string> =>
    (await post(path, message, headers)).text();

  /** A session that has its sessions at the servers: the first call has to wait for these. */
  const ready = async (
    path: string,
    name: string,
    capabilities?: object,
  ): Promise<Record<string, string>> => {
    const session = await begin(path, capabilities);
    await textOf(path, call(1, name), session);
    const [heard] = older.messages('tools/call');
    atServer = String(heard?.headers['mcp-session-id']);
    older.heard.length = 0;
    return session;
  };

  beforeAll(async () => {
    // Lists are read once, by whoever asks first.
    older.script = script;
    await faces.start();
    for (const [name, prefix] of [
      ['plain', 'none'],
      ['prefixed', 'always'],
    ])
      await faces.world.request('POST', '/api/v1/mcp/endpoints', { name, instances: ['older'], prefix });
    // Asking for it by its name is what makes the gateway look for a server that it has not heard of.
    expect((await faces.world.get('/api/v1/mcp/tools?server_name=older')).status).toBe(200);
  }, 180_000);
  beforeEach(() => {
    faces.forget();
    older.script = script;
    result = ODD;
  });
  afterAll(() => faces.stop());

  it.each([
    ['a virtual endpoint', '/endpoints/plain/mcp', 'echo', {}],
    ['an endpoint that prefixes names', '/endpoints/prefixed/mcp', 'older__echo', {}],
    ['all servers', '/mcp', 'older__echo', {}],
    ['an endpoint, for a client that can be asked', '/endpoints/plain/mcp', 'echo', { roots: {} }],
  ])('gives the result on as its server wrote it: %s', async (_face, path, name, capabilities) => {
    const session = await ready(path, name, capabilities);
    const answer = await post(path, call(7, name), session);
    expect(await answer.text()).toBe(`{"jsonrpc":"2.0","id":7,"result":${ODD}}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(answer.headers.get('x-request-id')).not.toBeNull();
    const [heard] = older.messages('tools/call');
    expect(heard?.message.params).toMatchObject({ name: 'echo', arguments: {} });
  });

  it.each([[0], [-3], ['seven'], ['7'], ['ü "quoted" \u2028']])(
    'answers under the id that its client chose: %j',
    async (id) => {
      const session = await ready('/endpoints/plain/mcp', 'echo');
      const { body } = await faces.post('/endpoints/plain/mcp', { ...call(1), id }, session);
      expect(body.id).toBe(id);
    },
  );

  it('names a resource as the face does, however its server spelt that it is one', async () => {
    const link = '"type":"resour\\u0063e_link","name":"a","uri":"file:///a"';
    const session = await ready('/mcp', 'older__echo');
    for (const spelt of [link, link.replace('\\u0063', 'c')]) {
      result = `{"content":[{${spelt}}]}`;
      const { body } = await faces.post('/mcp', call(2, 'older__echo'), session);
      expect(body.result).toEqual({
        content: [{ type: 'resource_link', name: 'a', uri: 'mcp+older+file:///a' }],
      });
    }
  });

  it('gives on what is no result, and begins a lost session anew, once', async () => {
    const session = await ready('/endpoints/plain/mcp', 'echo');
    older.script = (heard, response) => {
      if (heard.message.method !== 'tools/call') return script(heard, response);
      if (!older.sessions.has(String(heard.headers['mcp-session-id']))) return false;
      sendJson(response, { id: heard.message.id, error: { code: -32099, message: 'not today' } });
      return true;
    };
    older.sessions.clear();
    const answers = await Promise.all(
      [1, 2, 3].map((id) => faces.post('/endpoints/plain/mcp', call(id), session)),
    );
    for (const { body } of answers) expect(body.error).toMatchObject({ code: -32099 });
    expect(older.messages('initialize')).toHaveLength(1);
    expect(older.messages('tools/call')).toHaveLength(6);
  });

  it('is recorded with what the tool says of itself', async () => {
    const session = await ready('/endpoints/plain/mcp', 'echo');
    result = '{"content":[],"isError":true}';
    await textOf(
      '/endpoints/plain/mcp',
      { ...call(8), params: { name: 'echo', arguments: { q: 'ab' } } },
      session,
    );
    await eventually(async () => {
      const details = (await faces.world.trail('mcp.tool.called')).map((row) => row['detail']);
      expect(details).toContainEqual(
        expect.objectContaining({ tool_name: 'echo', arguments: ['q: string(2)'], is_error: true }),
      );
    });
  });

  it('streams what its server streams', async () => {
    const session = await ready('/endpoints/plain/mcp', 'echo');
    older.script = ({ message }, response) => {
      const say = sendEvents(response);
      say({ method: 'notifications/message', params: { level: 'info', data: 'half-way' } });
      say({ id: message.id, result: NOTHING });
      response.end();
      return true;
    };
    const text = await textOf('/endpoints/plain/mcp', call(3), session);
    expect(text).toMatch(/half-way[^]*"id":3,"result":\{"content":\[\]\}/);
  });

  it('asks its client what the server asks beside the call, and gives the result on behind that', async () => {
    const path = '/endpoints/plain/mcp';
    const streams = new Map<string, (message: object) => void>();
    let finish = (): void => undefined;
    let isAsking = false;
    older.script = (heard, response) => {
      const { message, headers, httpMethod } = heard;
      const stream = String(headers['mcp-session-id']);
      if (httpMethod === 'GET') streams.set(stream, sendEvents(response));
      else if (message.id === 'question') {
        response.writeHead(202).end();
        finish();
      } else if (isAsking && message.method === 'tools/call') {
        finish = () => {
          script(heard, response);
        };
        streams.get(stream)?.({ id: 'question', method: 'roots/list' });
      } else return script(heard, response);
      return true;
    };
    const session = await ready(path, 'echo', { roots: {} });
    await eventually(() => {
      if (!streams.has(atServer)) throw new Error('nobody listens to the server yet');
    });
    isAsking = true;
    const answer = await post(path, call(4), session);
    const said: string[] = [];
    for await (const chunk of answer.body ?? []) {
      const text = Buffer.from(chunk).toString();
      said.push(text);
      const [, id] = /"id":("[^"]*"|\d+),"method":"roots\/list"/.exec(text) ?? [];
      if (id === undefined) continue;
      const reply = { id: JSON.parse(id) as unknown, result: { roots: [] } };
      expect((await faces.post(path, reply, session)).status).toBe(202);
    }
    expect(older.heard.find(({ message }) => message.id === 'question')?.message).toMatchObject({
      result: { roots: [] },
    });
    expect(said.join('')).toContain(`data: {"jsonrpc":"2.0","id":4,"result":${ODD.replace('\n', ' ')}}\n\n`);
  });

  it('tells the server when its client goes away', async () => {
    const session = await ready('/endpoints/plain/mcp', 'echo');
    older.script = ({ message }, response) => {
      if (message.method === 'tools/call') return true;
      response.writeHead(202).end();
      return true;
    };
    const leaving = new AbortController();
    const body = JSON.stringify({ jsonrpc: '2.0', ...call(5) });
    const { signal } = leaving;
    const gone = faces.send('/endpoints/plain/mcp', { method: 'POST', body, headers: session, signal });
    await eventually(() => {
      if (older.messages('tools/call').length === 0) throw new Error('the call has not come yet');
    });
    leaving.abort();
    await expect(gone).rejects.toThrow();
    await eventually(() => {
      const [told] = older.messages('notifications/cancelled');
      expect(told?.message.params).toMatchObject({ requestId: older.messages('tools/call')[0]?.message.id });
    });
  });
});
