import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  ConflictError,
  ConnectionError,
  EventGapError,
  forgetSharedClient,
  InvalidError,
  QuaysideClient,
  type QuaysideEvent,
  sharedClient,
  UnavailableError,
} from '.';

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

const problem = (response: ServerResponse, status: number, body: object, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  response.end(JSON.stringify(body));
};
const json = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json', etag: '"7"' });
  response.end(JSON.stringify(body));
};
const envelope = (sequence: number): string =>
  `id: ${String(sequence)}\nevent: mcp.instance.running.v1\ndata: ${JSON.stringify({ specversion: '1.0', id: `e${String(sequence)}`, type: 'mcp.instance.running.v1', sequence: String(sequence), data: {} })}\n\n`;

describe('the client', () => {
  let server: Server;
  let answers: Answerer[];
  let asked: IncomingMessage[];
  let client: QuaysideClient;

  beforeEach(async () => {
    answers = [];
    asked = [];
    server = createServer((request, response) => {
      asked.push(request);
      (answers.shift() ?? ((_, missing) => missing.writeHead(500).end()))(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new QuaysideClient({
      url: `http://127.0.0.1:${String(port)}/`,
      token: () => 'qsk_token',
      retries: { baseMs: 1 },
    });
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );

  const create = () =>
    client.request('post', '/api/v1/mcp/instances', { body: { name: 'notes', template: 'memory' } });
  const call = () =>
    client.request('post', '/api/v1/mcp/tools/call', {
      body: { server_name: 'notes', tool_name: 'add', arguments: {} },
    });

  it('fills paths and queries, says who asks, and reads the version', async () => {
    answers.push((_, response) => {
      json(response, { name: 'a b' });
    });
    const { body, etag } = await client.request('get', '/api/v1/mcp/instances/{id}', { path: { id: 'a b' } });
    expect(body).toEqual({ name: 'a b' });
    expect(etag).toBe('"7"');
    expect(asked[0]).toMatchObject({
      url: '/api/v1/mcp/instances/a%20b',
      headers: { authorization: 'Bearer qsk_token' },
    });
  });

  it('throws problems as errors of their kind, with code, hint and faults', async () => {
    const body = { code: 'spec_invalid', detail: 'No.', hint: 'Do.', errors: [{ pointer: '/name' }] };
    answers.push((_, response) => {
      problem(response, 422, body);
    });
    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidError);
    expect(error).toMatchObject({
      code: 'spec_invalid',
      hint: 'Do.',
      faults: [{ pointer: '/name' }],
      status: 422,
    });
  });

  it('repeats a request that was not carried out, under the same key', async () => {
    answers.push(
      (request) => request.socket.destroy(),
      (_, response) => {
        problem(response, 503, { code: 'queue_unavailable' }, { 'retry-after': '0' });
      },
      (_, response) => {
        json(response, { id: 'i-1' });
      },
    );
    expect((await create()).body).toEqual({ id: 'i-1' });
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(asked).toHaveLength(3);
  });

  it('never repeats a call of a tool that may have begun', async () => {
    answers.push(
      (request) => request.socket.destroy(),
      (_, response) => {
        problem(response, 503, { code: 'circuit_open' });
      },
    );
    await expect(call()).rejects.toBeInstanceOf(ConnectionError);
    await expect(call()).rejects.toBeInstanceOf(UnavailableError);
    expect(asked).toHaveLength(2);
  });

  it('tells a refused instance as an outcome', async () => {
    answers.push(
      (_, response) => {
        problem(response, 409, { code: 'instance_name_taken', detail: 'The name is in use.' });
      },
      (_, response) => {
        json(response, { id: 'i-1', status: 'requested' });
      },
    );
    const refused = await client.createInstance({ name: 'notes', template: 'memory' });
    expect(refused).toMatchObject({ success: false, message: 'The name is in use.' });
    expect('problem' in refused && refused.problem).toBeInstanceOf(ConflictError);
    expect(await client.createInstance({ name: 'notes', template: 'memory' })).toMatchObject({
      ...{ success: true, config_id: 'i-1' },
    });
  });

  it('walks a list to its end', async () => {
    answers.push(
      (_, response) => {
        json(response, { agents: [{ id: 1 }], next_cursor: 'c1' });
      },
      (_, response) => {
        json(response, { agents: [{ id: 2 }], next_cursor: null });
      },
    );
    const seen: unknown[] = [];
    for await (const agent of client.list('/api/v1/agents', 'agents')) seen.push(agent);
    expect(seen).toEqual([{ id: 1 }, { id: 2 }]);
    expect(asked[1]?.url).toContain('cursor=c1');
  });

  it('goes on behind the last event when the connection is lost', async () => {
    const head = { 'content-type': 'text/event-stream' };
    answers.push(
      (request, response) => {
        response.writeHead(200, head);
        response.write(envelope(8) + envelope(9).slice(0, 10), () => request.socket.destroy());
      },
      (_, response) => {
        response.writeHead(200, head).write(envelope(9) + envelope(10));
      },
    );
    const over = new AbortController();
    const seen: QuaysideEvent[] = [];
    for await (const event of client.events({ since: 7, signal: over.signal })) {
      seen.push(event);
      if (seen.length === 3) over.abort();
    }
    expect(seen.map(({ sequence }) => sequence)).toEqual(['8', '9', '10']);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual(['7', '8']);
  });

  it('does not pass over what cannot be told any more', async () => {
    answers.push((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('event: gap\ndata: {"type":"gap","from":1,"to":40}\n\n');
    });
    await expect(client.events({ since: 0 }).next()).rejects.toBeInstanceOf(EventGapError);
  });

  it('is one for everybody who asks for the shared one', () => {
    forgetSharedClient();
    expect(() => sharedClient()).toThrow('url and token');
    const first = sharedClient({ url: 'http://a', token: 't' });
    expect(sharedClient()).toBe(first);
    expect(() => sharedClient({ url: 'http://b', token: 't' })).toThrow('http://a already');
    forgetSharedClient();
  });
});
