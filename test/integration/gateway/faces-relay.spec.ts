import { once } from 'node:events';
import { eventually } from '@app/testing';
import { call, FaceWorld, initializeParams, newerCall, VERSION } from './face-world';
import { type Heard, sendEvents, sendJson } from './scripted-upstream';
import { BOOTSTRAP_KEY } from './world';

describe('the relay', () => {
  const faces = new FaceWorld();
  const { older, newer } = faces;

  beforeAll(
    () => faces.start({ UPSTREAM_TOKEN: 'token-of-the-server', UPSTREAM_HEADER: 'header-of-the-server' }),
    180_000,
  );
  beforeEach(() => {
    faces.forget();
  });
  afterAll(() => faces.stop());

  describe('in the older era', () => {
    it('passes messages as they are, under a session of its own naming', async () => {
      const session = await faces.begin('/servers/older/mcp');
      expect(older.sessions.has(session['mcp-session-id'] ?? '')).toBe(false);
      const { body } = await faces.post('/servers/older/mcp', call(7), session);
      expect(body).toEqual({ jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text: 'echo' }] } });
      const [heard] = older.messages('tools/call');
      expect(older.sessions.has(String(heard?.headers['mcp-session-id']))).toBe(true);
      expect(heard?.headers).toMatchObject({ host: new URL(older.url).host });
      expect(heard?.headers).not.toHaveProperty('authorization');
    });

    it('hides a session from everybody else, and from other servers', async () => {
      const session = await faces.begin('/servers/older/mcp');
      const { key } = await faces.world.issueKey('developer');
      expect((await faces.post('/servers/older/mcp', call(1), session, key)).status).toBe(404);
      expect((await faces.post('/servers/newer/mcp', call(1), session)).status).toBe(404);
      expect((await faces.post('/servers/older/mcp', call(2), session)).status).toBe(200);
    });

    it('begins a lost session again for its client, once, and the call runs once', async () => {
      const session = await faces.begin('/servers/older/mcp');
      await faces.post(
        '/servers/older/mcp',
        { id: 1, method: 'logging/setLevel', params: { level: 'debug' } },
        session,
      );
      older.sessions.clear();
      older.heard.length = 0;
      const answers = await Promise.all(
        [1, 2, 3].map((id) => faces.post('/servers/older/mcp', call(id), session)),
      );
      expect(answers.map(({ status, body }) => [status, body.id])).toEqual([1, 2, 3].map((id) => [200, id]));
      expect(older.messages('initialize').map(({ message }) => message.params)).toEqual([initializeParams]);
      expect(older.messages('logging/setLevel')).toHaveLength(1);
      const run = older
        .messages('tools/call')
        .filter(({ headers }) => older.sessions.has(String(headers['mcp-session-id'])));
      expect(run).toHaveLength(3);
    });

    it('hands on that a session is lost for good', async () => {
      const session = await faces.begin('/servers/older/mcp');
      older.script = ({ message }, response) => {
        if (message.method !== 'tools/call') return false;
        sendJson(response, { id: null, error: { code: -32001, message: 'Session not found' } }, 404);
        return true;
      };
      expect((await faces.post('/servers/older/mcp', call(1), session)).status).toBe(404);
      expect(older.messages('tools/call')).toHaveLength(2);
    });

    it('ends a session for good', async () => {
      const session = await faces.begin('/servers/older/mcp');
      expect((await faces.send('/servers/older/mcp', { method: 'DELETE', headers: session })).status).toBe(
        200,
      );
      expect((await faces.post('/servers/older/mcp', call(1), session)).status).toBe(404);
      expect(older.messages('tools/call')).toEqual([]);
    });

    it('passes events one by one as they come', async () => {
      const session = await faces.begin('/servers/older/mcp');
      const gate = new EventTarget();
      older.script = async ({ message }, response) => {
        if (message.method !== 'tools/call') return false;
        const say = sendEvents(response);
        say({ method: 'notifications/progress', params: { progress: 1 } });
        await once(gate, 'open');
        say({ id: message.id, result: { content: [] } });
        response.end();
        return true;
      };
      const body = JSON.stringify({ jsonrpc: '2.0', ...call(1) });
      const answer = await faces.send('/servers/older/mcp', { method: 'POST', body, headers: session });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      // The second event is not sent before the first one was read here.
      expect((await reader?.read())?.value).toContain('notifications/progress');
      gate.dispatchEvent(new Event('open'));
      expect((await reader?.read())?.value).toContain('"result"');
      expect((await reader?.read())?.done).toBe(true);
    });

    it('opens the stream of what is said unasked, and goes on where it broke off', async () => {
      const session = await faces.begin('/servers/older/mcp');
      let closed = 0;
      older.script = ({ httpMethod, headers }, response) => {
        if (httpMethod !== 'GET') return false;
        response.on('close', () => (closed += 1));
        sendEvents(response)({ method: 'notifications/message', params: { data: headers['last-event-id'] } });
        return true;
      };
      const client = new AbortController();
      const headers = { ...session, 'last-event-id': 'event-9' };
      const answer = await faces.send('/servers/older/mcp', { headers, signal: client.signal });
      expect(answer.headers.get('content-type')).toContain('text/event-stream');
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader?.read())?.value).toContain('event-9');
      client.abort();
      await eventually(() => {
        expect(closed).toBe(1);
      });
    });

    it('tells the server when its client went away', async () => {
      const session = await faces.begin('/servers/older/mcp');
      let gone = false;
      older.script = ({ message }, response) => {
        if (message.method !== 'tools/call') return false;
        response.on('close', () => (gone = true));
        return true;
      };
      const client = new AbortController();
      const body = JSON.stringify({ jsonrpc: '2.0', ...call(41) });
      const answer = faces.send('/servers/older/mcp', {
        method: 'POST',
        body,
        headers: session,
        signal: client.signal,
      });
      await eventually(() => {
        expect(older.messages('tools/call')).toHaveLength(1);
      });
      client.abort();
      await expect(answer).rejects.toThrow();
      await eventually(() => {
        expect([gone, older.messages('notifications/cancelled')[0]?.message.params?.requestId]).toEqual([
          true,
          41,
        ]);
      });
    });

    it('never repeats a call that may have begun', async () => {
      const session = await faces.begin('/servers/older/mcp');
      older.script = ({ message }, response) => {
        if (message.method !== 'tools/call') return false;
        response.destroy();
        return true;
      };
      const { status, body } = await faces.post('/servers/older/mcp', call(9), session);
      expect([status, body.id, body.error?.data?.code]).toEqual([200, 9, 'call_outcome_unknown']);
      expect(older.messages('tools/call')).toHaveLength(1);
    });

    it('lets no answer cross over to another request', async () => {
      const session = await faces.begin('/servers/older/mcp');
      older.script = ({ message }, response) => {
        if (message.method !== 'tools/call') return false;
        sendJson(response, { id: 'another', result: { content: [] } });
        return true;
      };
      const { body } = await faces.post('/servers/older/mcp', call(9), session);
      expect([body.id, body.error?.code]).toEqual([9, 1502]);
    });
  });

  describe('in the newer era', () => {
    it('passes requests without a session, and their headers', async () => {
      const { status, body } = await faces.post('/servers/newer/mcp', ...newerCall(3, 'echo'));
      expect([status, body.result?.resultType]).toEqual([200, 'complete']);
      const [heard] = newer.messages('tools/call');
      expect(heard?.headers).toMatchObject({ 'mcp-method': 'tools/call', 'mcp-name': 'echo' });
      expect(heard?.headers.traceparent).toMatch(/^00-/);
    });

    it('refuses headers that say something else than the body', async () => {
      const [message, headers] = newerCall(3, 'echo');
      const answer = await faces.post('/servers/newer/mcp', message, { ...headers, 'mcp-name': 'other' });
      expect(answer).toMatchObject({ status: 400, body: { id: 3, error: { code: -32020 } } });
      expect(newer.messages('tools/call')).toEqual([]);
      expect(
        (await faces.send('/servers/newer/mcp', { headers: { 'mcp-protocol-version': VERSION } })).status,
      ).toBe(405);
    });

    it('finds out when a verdict is wrong, either way', async () => {
      await faces.server('wrongly-older', newer.url, { era: 'older' });
      await faces.server('wrongly-newer', older.url, { era: 'newer' });
      const told = await faces.post('/servers/wrongly-older/mcp', ...newerCall(1, 'echo'));
      expect([told.status, told.body.result?.resultType]).toEqual([200, 'complete']);
      const session = await faces.begin('/servers/wrongly-newer/mcp');
      expect((await faces.post('/servers/wrongly-newer/mcp', call(2), session)).body.result).toBeDefined();
    });
  });

  it('gives remote servers their own credentials, and none of the caller’s', async () => {
    await faces.server('remote', older.url, {
      era: 'older',
      spec: {
        ...{ type: 'url', endpoint: older.url, transport: 'streamable-http' },
        authentication: { type: 'bearer', token: 'secret_ref:env:UPSTREAM_TOKEN' },
        headers: [{ key: 'X-Own', value: 'secret_ref:env:UPSTREAM_HEADER' }],
      },
    });
    const session = await faces.begin('/servers/remote/mcp');
    const cookies = { cookie: 'a=b', 'x-api-key': BOOTSTRAP_KEY };
    expect((await faces.post('/servers/remote/mcp', call(1), { ...session, ...cookies })).status).toBe(200);
    const headers = older.heard.map((heard: Heard) => heard.headers);
    expect(headers.every(({ authorization }) => authorization === 'Bearer token-of-the-server')).toBe(true);
    expect(headers.every((each) => each['x-own'] === 'header-of-the-server')).toBe(true);
    expect(JSON.stringify(headers)).not.toContain(BOOTSTRAP_KEY);
    expect(headers.some(({ cookie }) => cookie !== undefined)).toBe(false);
  });

  it('puts refused credentials into words of its own', async () => {
    const session = await faces.begin('/servers/older/mcp');
    older.script = ({ message }, response) => {
      if (message.method !== 'tools/call') return false;
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="theirs"' }).end('who are you?');
      return true;
    };
    const { status, headers, body } = await faces.post('/servers/older/mcp', call(1), session);
    expect([status, body.error?.data?.code]).toEqual([502, 'upstream_auth_failed']);
    expect(headers.get('www-authenticate')).toBeNull();
  });
});
