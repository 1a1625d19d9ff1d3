import { randomUUID } from 'node:crypto';
import { type JsonObject } from '@app/kernel';
import { eventually } from '@app/testing';
import { FrontServer } from './terminal/front-server';
import { Events, Wire } from './terminal/wire';

jest.setTimeout(180_000);

const bodyOf = async (response: Response): Promise<JsonObject> => (await response.json()) as JsonObject;
const call = (id: number | string, name: string, args: object = {}): object => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

describe('sessions of the older era', () => {
  let server: FrontServer;
  let wire: Wire;

  beforeEach(async () => {
    server = await new FrontServer().start();
    wire = new Wire(server.url);
  });
  afterEach(() => server.stop());

  it.each([
    ['2024-11-05', '2024-11-05'],
    ['2025-11-25', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
  ])('agree on a version: asked for %s, it is %s', async (protocolVersion, agreed) => {
    const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } };
    const answer = await wire.post({ id: 'a', method: 'initialize', params });

    expect(answer.headers.get('mcp-session-id')).toMatch(/^[\x21-\x7e]{20,512}$/);
    expect(await bodyOf(answer)).toEqual({
      jsonrpc: '2.0',
      id: 'a',
      result: {
        protocolVersion: agreed,
        capabilities: {
          tools: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
          prompts: {},
          logging: {},
        },
        serverInfo: { name: 'quayside', title: 'Quayside', version: '1.0.0' },
        instructions: 'Be kind.',
        _meta: {
          'quayside/degraded': [
            {
              server_name: 'dead',
              reason: 'refused',
              since: '1970-01-01T00:00:00.000Z',
              next_attempt_at: null,
            },
          ],
        },
      },
    });
  });

  it('belong to one caller on one endpoint, until they are ended', async () => {
    const session = await wire.initialize();
    const ping = { id: 1, method: 'ping' };

    expect((await wire.post({ method: 'notifications/initialized' }, session)).status).toBe(202);
    expect(await bodyOf(await wire.post(ping, session))).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect((await wire.post(ping)).status).toBe(400);
    expect((await wire.post(ping, { 'mcp-session-id': randomUUID() })).status).toBe(404);
    expect((await wire.as('eve').post(ping, session)).status).toBe(404);
    expect((await wire.at(server.url.replace('mcp', 'team/mcp')).post(ping, session)).status).toBe(404);
    expect((await wire.post(ping, { ...session, 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);

    expect((await wire.as('eve').delete(session)).status).toBe(404);
    expect((await wire.delete(session)).status).toBe(200);
    expect((await wire.post(ping, session)).status).toBe(404);
    expect((await wire.get(session)).status).toBe(404);
    expect(server.conversations.opened.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('go on in a process that has never seen them', async () => {
    const session = await wire.initialize({ sampling: { tools: {} }, roots: { listChanged: true } });
    await server.restart();

    expect((await wire.as('eve').post({ id: 1, method: 'ping' }, session)).status).toBe(404);
    expect((await wire.post({ id: 1, method: 'ping' }, session)).status).toBe(200);
    expect(server.conversations.opened.at(-1)?.client).toMatchObject({
      era: 'older',
      protocolVersion: '2025-11-25',
      capabilities: { sampling: { tools: {} }, roots: {} },
      info: { name: 'wire', version: '1' },
    });
  });

  it('answer a plain call with plain JSON, without words of the other era, and write one record', async () => {
    const session = await wire.initialize();
    const answer = await wire.post(call(7, 'echo', { a: 1 }), session);

    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await bodyOf(answer)).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { content: [{ type: 'text', text: '{"a":1}' }] },
    });
    expect(server.ledger.records.at(-1)).toMatchObject({
      face: 'all',
      method: 'tools/call',
      target: 'echo',
      serverName: 'scripted',
      instanceId: 'i-1',
      outcome: 'ok',
      argumentShape: ['a: number'],
      protocolVersion: '2025-11-25',
    });
    const list = await bodyOf(await wire.post({ id: 8, method: 'tools/list' }, session));
    expect(Object.keys(list.result as JsonObject)).toEqual(['tools']);
  });

  it('say errors in their own codes, and nothing of what we are made of', async () => {
    const session = await wire.initialize();
    const errorOf = async (message: object): Promise<unknown> =>
      (await bodyOf(await wire.post(message, session))).error;

    expect(await errorOf({ id: 1, method: 'resources/read', params: { uri: 'x:y' } })).toEqual({
      code: -32002,
      message: 'Resource not found',
      data: { uri: 'x:y' },
    });
    expect(await errorOf({ id: 2, method: 'tasks/list' })).toMatchObject({ code: -32601 });
    expect(await errorOf({ id: 3, method: 'server/discover' })).toMatchObject({ code: -32601 });
    expect(await errorOf({ id: 4, method: 'logging/setLevel', params: { level: 'loud' } })).toMatchObject({
      code: -32602,
    });
    const nowhere = { id: 4, method: 'resources/subscribe', params: { uri: 'gone:1' } };
    expect(await errorOf(nowhere)).toMatchObject({ code: -32002, data: { uri: 'gone:1' } });
    expect(server.conversations.interests).toEqual([]);
    expect(await errorOf(call(5, 'task'))).toMatchObject({ data: { code: 'unexpected_task' } });
    const broken = await errorOf(call(6, 'broken'));
    expect(broken).toMatchObject({ code: -32603 });
    expect(JSON.stringify(broken)).not.toContain('nobody may see');
  });

  it('turn an answer into a stream that can be resumed where it broke', async () => {
    const session = await wire.initialize();
    const events = new Events(await wire.post(call(1, 'count'), session));
    const prime = await events.next();
    expect(prime).toMatchObject({ retry: '1000', data: undefined });
    const [first, second, result] = await events.all();
    expect([first, second].map((event) => event?.data?.method)).toEqual(
      Array(2).fill('notifications/progress'),
    );
    expect(result?.data).toMatchObject({ id: 1, result: { content: [{ text: 'counted' }] } });

    const resumed = new Events(await wire.get({ ...session, 'last-event-id': first?.id ?? '' }));
    expect(await resumed.all()).toEqual([second, result]);
  });

  it('keep a call alive while its client comes back for the rest of it', async () => {
    const session = await wire.initialize({ elicitation: {} });
    const gone = new AbortController();
    const first = new Events(await wire.post(call(1, 'elicit'), session, gone.signal));
    const prime = await first.next();
    const asked = (await first.next())?.data;
    gone.abort();

    const resumed = new Events(await wire.get({ ...session, 'last-event-id': prime?.id ?? '' }));
    expect((await resumed.next())?.data).toEqual(asked);
    await wire.post({ id: asked?.id, result: { action: 'accept', content: { name: 'Bo' } } }, session);
    expect((await resumed.next())?.data).toMatchObject({ id: 1 });
    expect(await resumed.next()).toBeUndefined();
    expect(server.conversations.aborted).toEqual([]);
  });

  it('take no event without data from 2025-06-18 on backwards', async () => {
    const session = await wire.initialize({}, '2025-06-18');
    const [first] = await new Events(await wire.post(call(1, 'count'), session)).all();
    expect(first?.data?.method).toBe('notifications/progress');
  });

  it('drop what comes before the result for a client that takes no streams', async () => {
    const session = await wire.initialize({ elicitation: {} });
    const plain = { ...session, accept: 'application/json' };

    expect(await bodyOf(await wire.post(call(1, 'count'), plain))).toMatchObject({ id: 1 });
    expect((await bodyOf(await wire.post(call(2, 'elicit'), plain))).error).toMatchObject({ code: -32603 });
  });

  it('ask only what a client declared, and pass on that it refuses', async () => {
    const session = await wire.initialize({ elicitation: {} });

    expect((await bodyOf(await wire.post(call(1, 'sample'), session))).error).toMatchObject({ code: -32601 });
    const events = new Events(await wire.post(call(2, 'elicit'), session));
    await events.next();
    const asked = (await events.next())?.data;
    await wire.post({ id: asked?.id, error: { code: -1, message: 'not now' } }, session);
    expect((await events.next())?.data).toEqual({
      jsonrpc: '2.0',
      id: 2,
      error: { code: -1, message: 'not now' },
    });
    // Whoever answers what nobody asked here may be talking to the wrong process of several.
    const stray = await wire.post({ id: 'q99', result: {} }, session);
    expect(stray.status).toBe(409);
    expect(await bodyOf(stray)).toMatchObject({ error: { data: { code: 'question_unknown' } } });
  });

  it('put the questions of a newer server to their client, round by round', async () => {
    const session = await wire.initialize({ elicitation: {} });
    const events = new Events(await wire.post(call(1, 'newer'), session));
    await events.next();
    for (const name of ['Ada', 'Bo']) {
      const asked = (await events.next())?.data;
      expect(asked).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } });
      await wire.post({ id: asked?.id, result: { action: 'accept', content: { name } } }, session);
    }
    const result = (await events.next())?.data?.result as JsonObject;
    expect(result).toEqual({
      content: [
        { type: 'text', text: JSON.stringify({ round1: { action: 'accept', content: { name: 'Bo' } } }) },
      ],
    });
  });

  it('refuse an id that is still open, and cancel the request that is meant and no other', async () => {
    const session = await wire.initialize();
    const one = new Events(await wire.post(call(1, 'wait'), session));
    const other = new Events(await wire.post(call('1', 'wait'), session));

    expect((await wire.post(call(1, 'echo'), session)).status).toBe(400);
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 1 } };
    expect((await wire.post(cancelled, session)).status).toBe(202);
    // Its stream ends without an answer.
    expect((await one.messages()).every((message) => message?.id === undefined)).toBe(true);
    expect(server.conversations.aborted).toHaveLength(1);
    await wire.delete(session);
    await other.messages();
    expect(server.conversations.aborted).toHaveLength(2);
    expect(server.ledger.records.filter(({ outcome }) => outcome === 'cancelled')).toHaveLength(2);
  });

  it('give up a call whose client goes away before a stream was begun', async () => {
    const session = { ...(await wire.initialize()), accept: 'application/json' };
    const gone = new AbortController();
    const answer = wire.post(call(1, 'wait'), session, gone.signal).catch(() => 'gone');
    await eventually(() => {
      expect(server.conversations.runs).toBe(1);
    });
    gone.abort();
    await answer;
    await eventually(() => {
      expect(server.conversations.aborted).toHaveLength(1);
    });
  });

  it('tell what nobody asked for on the stream of its own, and again from where it broke', async () => {
    const session = await wire.initialize();
    const uri = 'note://one';
    expect((await wire.post({ id: 1, method: 'resources/subscribe', params: { uri } }, session)).status).toBe(
      200,
    );
    const events = new Events(await wire.get(session));
    await eventually(() => {
      expect(server.conversations.interests).toHaveLength(2);
    });
    const updated = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } } as const;
    server.conversations.tell(updated);
    const [first, second] = [await events.next(), await events.next()];
    expect([first?.data, second?.data]).toEqual([updated, updated]);
    await events.drop();

    const resumed = new Events(await wire.get({ ...session, 'last-event-id': first?.id ?? '' }));
    expect(await resumed.next()).toEqual(second);
    await wire.post({ id: 2, method: 'resources/unsubscribe', params: { uri } }, session);
    expect(server.conversations.interests.filter(({ resourceUris }) => resourceUris.length > 0)).toEqual([]);
    // Of two connections the newer one is the live one.
    const second2 = new Events(await wire.get(session));
    expect(await resumed.next()).toBeUndefined();
    await second2.drop();
  });

  it('pass on what a client says and how loud it wants its servers', async () => {
    const session = await wire.initialize();
    await wire.post({ method: 'notifications/roots/list_changed' }, session);
    await wire.post({ id: 1, method: 'logging/setLevel', params: { level: 'error' } }, session);
    const said = await new Events(await wire.post(call(2, 'log'), session)).messages();

    expect(server.conversations.notified).toEqual(['notifications/roots/list_changed']);
    expect(server.conversations.levels).toEqual(['error']);
    expect(said.map((message) => message?.method ?? 'result')).toEqual([
      'result', // the event without data
      'notifications/message',
      'result',
    ]);
  });

  it('end with the process: streams at once, requests when they are answered', async () => {
    const session = await wire.initialize({ elicitation: {} });
    const unasked = new Events(await wire.get(session));
    const events = new Events(await wire.post(call(1, 'elicit'), session));
    await events.next();
    const asked = (await events.next())?.data;
    const over = server.front.beforeApplicationShutdown();
    expect(await unasked.next()).toBeUndefined();

    await wire.post({ id: asked?.id, result: { action: 'decline' } }, session);
    expect((await events.next())?.data).toMatchObject({ id: 1, result: {} });
    await over;
    expect(server.conversations.opened.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('refuse what is not one message, and go on', async () => {
    const session = await wire.initialize();
    const raw = async (body: string): Promise<number> => {
      const headers = { 'content-type': 'application/json', authorization: 'ada', ...session };
      return (await fetch(server.url, { method: 'POST', body, headers })).status;
    };
    for (const body of ['', '{', '[]', '1', '{"jsonrpc":"2.0"}', '{"jsonrpc":"1.0","id":1,"method":"ping"}'])
      expect(await raw(body)).toBe(400);
    expect(await raw('{"jsonrpc":"2.0","id":1,"method":"ping"}')).toBe(200);
  });
});
