import { type RequestListener, type ServerResponse } from 'node:http';
import { type JsonObject } from '@app/kernel';
import { connectMcp, type ConnectOptions, McpRequestRefusedError, type McpSession } from '@app/mcp';
import { eventually } from '@app/testing';
import { Started } from './processes';

const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: { readonly code: number };
}

/** One session of the older era whose streams a test writes on. */
class Streams {
  readonly heard: Message[] = [];
  readonly resumed: (string | undefined)[] = [];
  call: ServerResponse | undefined;
  unasked: ServerResponse | undefined;

  readonly listener: RequestListener = (request, response) => {
    if (request.method === 'DELETE') response.writeHead(204).end();
    else if (request.method === 'GET') {
      this.resumed.push(request.headers['last-event-id'] as string | undefined);
      this.unasked = response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
    } else {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.take(JSON.parse(Buffer.concat(chunks).toString()) as Message, response);
      });
    }
  };

  private take(message: Message, response: ServerResponse): void {
    this.heard.push(message);
    if (message.method === 'initialize') {
      const about = {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {}, resources: { subscribe: true, listChanged: true } },
        serverInfo: { name: 'streams', version: '1' },
      };
      const head = { 'Content-Type': 'application/json', 'Mcp-Session-Id': 's1' };
      response.writeHead(200, head).end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: about }));
    } else if (message.method === 'tools/call') {
      this.call = response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
    } else if (message.id !== undefined && message.method !== undefined) {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} }));
    } else response.writeHead(202).end();
  }

  idOf(method: string): number | string | undefined {
    return this.heard.findLast((one) => one.method === method)?.id;
  }
}

const event = (message: object, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
const done = { content: [{ type: 'text', text: 'done' }] };

describe('a session of the older era', () => {
  const started = new Started();
  let streams: Streams;

  beforeEach(() => {
    streams = new Streams();
  });
  afterEach(() => started.end());

  const connect = async (more: Partial<ConnectOptions> = {}): Promise<McpSession> => {
    const url = `${await started.server(streams.listener)}/mcp`;
    return connectMcp({
      url,
      fetch,
      prefer: 'older',
      serverName: 'streams',
      timeoutMs: PATIENCE_MS,
      ...more,
    });
  };
  const callStream = (): Promise<ServerResponse> =>
    eventually(() => {
      if (streams.call === undefined) throw new Error('nobody called');
      return streams.call;
    });
  const answerTo = (id: string): Promise<Message> =>
    eventually(() => {
      const answer = streams.heard.find((one) => one.id === id && one.method === undefined);
      if (answer === undefined) throw new Error('no answer');
      return answer;
    });

  it('asks the caller during its call, and gives it what is said meanwhile', async () => {
    const session = await connect({ clientCapabilities: { sampling: {} } });
    const said: string[] = [];
    const unasked: string[] = [];
    session.onNotification(({ method }) => unasked.push(method));
    const call = session.request(
      'tools/call',
      { name: 'x', arguments: {}, _meta: { progressToken: 'mine' } },
      {
        onNotification: ({ method, params }) =>
          said.push(`${method} ${JSON.stringify(params?.progressToken ?? null)}`),
        onRequest: (method, params) => Promise.resolve({ method, params }),
      },
    );
    const stream = await callStream();
    const id = streams.idOf('tools/call');
    stream.write(event({ id: 'q', method: 'sampling/createMessage', params: { n: 1 } }));
    expect((await answerTo('q')).result).toEqual({ method: 'sampling/createMessage', params: { n: 1 } });
    stream.write(event({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } }));
    stream.write(event({ method: 'notifications/message', params: { level: 'info' } }));
    stream.write(event({ method: 'notifications/resources/list_changed' }));
    stream.end(event({ id, result: done }));

    expect(await call).toEqual(done);
    expect(said).toEqual(['notifications/progress "mine"', 'notifications/message null']);
    expect(unasked).toEqual(['notifications/resources/list_changed']);
    await session.close();
  });

  it('passes on the refusal of whoever was asked, and refuses what nobody answers', async () => {
    const refusal = new McpRequestRefusedError(
      'no',
      -1,
      { serverName: 'client' },
      undefined,
      'The user said no',
    );
    const session = await connect();
    const refusing = session.request(
      'tools/call',
      { name: 'x' },
      { onRequest: () => Promise.reject(refusal) },
    );
    (await callStream()).write(event({ id: 'q', method: 'sampling/createMessage' }));
    expect((await answerTo('q')).error).toEqual({ code: -1, message: 'The user said no' });
    (await callStream()).end(event({ id: streams.idOf('tools/call'), result: done }));
    await refusing;

    streams.call = undefined;
    const alone = session.request('tools/call', { name: 'x' });
    (await callStream()).write(event({ id: 'r', method: 'sampling/createMessage' }));
    expect((await answerTo('r')).error?.code).toBe(-32601);
    (await callStream()).end(event({ id: streams.idOf('tools/call'), result: done }));
    await alone;
    await session.close();
  });

  it('answers what comes without a call, as long as somebody answers for the session', async () => {
    const session = await connect({ onRequest: ({ method }) => Promise.resolve({ about: method }) });
    await eventually(() => {
      expect(streams.unasked).toBeDefined();
    });
    streams.unasked?.write(event({ id: 'roots', method: 'roots/list' }));
    expect((await answerTo('roots')).result).toEqual({ about: 'roots/list' });
    await session.notify('notifications/roots/list_changed');
    expect(streams.heard.at(-1)?.method).toBe('notifications/roots/list_changed');
    await session.close();
  });

  it('comes back to a stream that broke off where it stood, and calls once', async () => {
    const session = await connect();
    const call = session.callTool('x', {});
    const stream = await callStream();
    stream.end('id: 7\nretry: 20\ndata: \n\n');
    await eventually(() => {
      expect(streams.resumed).toEqual(['7']);
    });
    streams.unasked?.end(event({ id: streams.idOf('tools/call'), result: done }, '8'));

    expect(await call).toEqual(done);
    expect(streams.heard.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
    await session.close();
  });

  it('fails a call whose stream broke off without a mark', async () => {
    const session = await connect();
    const call = session.callTool('x', {});
    (await callStream()).end(event({ method: 'notifications/message', params: {} }));
    await expect(call).rejects.toMatchObject({ code: 'upstream_unreachable', started: true });
    expect(streams.resumed).toEqual([]);
    await session.close();
  });

  it('subscribes for several listeners once, and hears for each what it wanted', async () => {
    const session = await connect();
    const heard: string[] = [];
    const one = await session.subscribe({ resourceUris: ['file:///a'] }, ({ params }) => {
      heard.push(`one ${JSON.stringify(params?.uri ?? null)}`);
    });
    const two = await session.subscribe(
      { resourcesListChanged: true, toolsListChanged: true, resourceUris: ['file:///a'] },
      ({ method }) => heard.push(`two ${method}`),
    );
    expect(two.granted).toMatchObject({ resourcesListChanged: true, toolsListChanged: false });
    await eventually(() => {
      expect(streams.unasked).toBeDefined();
    });
    streams.unasked?.write(
      event({ method: 'notifications/resources/updated', params: { uri: 'file:///a' } }),
    );
    streams.unasked?.write(event({ method: 'notifications/resources/list_changed' }));
    await eventually(() => {
      expect(heard).toEqual([
        'one "file:///a"',
        'two notifications/resources/updated',
        'two notifications/resources/list_changed',
      ]);
    });
    one.stop();
    two.stop();
    await Promise.all([one.ended, two.ended]);
    await eventually(() => {
      expect(streams.heard.filter(({ method }) => method === 'resources/unsubscribe')).toHaveLength(1);
    });
    expect(streams.heard.filter(({ method }) => method === 'resources/subscribe')).toHaveLength(1);
    await session.close();
  });
});

describe('a call of the newer era', () => {
  const started = new Started();
  afterEach(() => started.end());

  it('answers what it is asked on the way, and gives back the state as it came', async () => {
    const seen: JsonObject[] = [];
    const url = await started.server((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { id, method, params = {} } = JSON.parse(Buffer.concat(chunks).toString()) as Message;
        const discovered = {
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {} },
          resultType: 'complete',
        };
        const asks = {
          resultType: 'input_required',
          inputRequests: { who: { method: 'elicitation/create', params: { message: 'Who?' } } },
          requestState: 'as-it-came',
        };
        if (method === 'tools/call') seen.push({ id: id ?? null, ...params });
        const answered = params.inputResponses === undefined ? asks : { ...done, resultType: 'complete' };
        const result = method === 'server/discover' ? discovered : answered;
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      });
    });
    const session = await connectMcp({ url, fetch, serverName: 'newer', timeoutMs: PATIENCE_MS });
    const onRequest = (): Promise<JsonObject> => Promise.resolve({ action: 'accept', content: {} });

    expect(await session.callTool('x', {}, { onRequest })).toMatchObject(done);
    expect(seen[1]).toMatchObject({
      inputResponses: { who: { action: 'accept' } },
      requestState: 'as-it-came',
    });
    expect(seen[1]?.id).not.toBe(seen[0]?.id);
    // Raw, the question is the result; unasked, it is a fault of the server.
    expect(await session.request('tools/call', { name: 'x' })).toMatchObject({
      resultType: 'input_required',
    });
    await expect(session.callTool('x', {})).rejects.toMatchObject({ code: 'upstream_protocol_error' });
    await session.close();
  });
});
