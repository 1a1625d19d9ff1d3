import {
  Client as ClientOfTwo,
  StreamableHTTPClientTransport as TransportOfTwo,
} from '@modelcontextprotocol/client';
import { Client as ClientOfOne } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOfOne } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { eventually } from '@app/testing';
import { FrontServer } from './terminal/front-server';

jest.setTimeout(180_000);

const US = { name: 'official', version: '1' };
const CAPABILITIES = { sampling: {}, elicitation: {} };
const SAMPLE = { role: 'assistant', content: { type: 'text', text: 'hm' }, model: 'm' } as const;
const ACCEPT = { action: 'accept', content: { name: 'Ada' } } as const;
const headers = { requestInit: { headers: { authorization: 'ada' } } };

/** What a client of any make can do, and what it heard. */
interface Official {
  readonly heard: string[];
  list(): Promise<string[]>;
  call(name: string, options?: { signal?: AbortSignal; onprogress?: () => void }): Promise<string>;
  /** Wants to hear of changed tools and of one resource. */
  follow(uri: string): Promise<void>;
  close(): Promise<void>;
}

const textOf = (result: unknown): string =>
  (result as { content: { text: string }[] }).content[0]?.text ?? '';

async function one(url: string): Promise<Official> {
  const client = new ClientOfOne(US, { capabilities: CAPABILITIES });
  const heard: string[] = [];
  client.setRequestHandler(CreateMessageRequestSchema, () => SAMPLE);
  client.setRequestHandler(ElicitRequestSchema, () => ACCEPT);
  for (const schema of [
    LoggingMessageNotificationSchema,
    ResourceUpdatedNotificationSchema,
    ToolListChangedNotificationSchema,
  ])
    client.setNotificationHandler(schema, ({ method }) => {
      heard.push(method);
    });
  await client.connect(new TransportOfOne(new URL(url), headers));
  return {
    heard,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, options) => textOf(await client.callTool({ name, arguments: {} }, undefined, options)),
    follow: async (uri) => {
      await client.subscribeResource({ uri });
    },
    close: () => client.close(),
  };
}

const two =
  (mode: 'legacy' | 'auto') =>
  async (url: string): Promise<Official> => {
    const client = new ClientOfTwo(US, { capabilities: CAPABILITIES, versionNegotiation: { mode } });
    const heard: string[] = [];
    client.setRequestHandler('sampling/createMessage', () => SAMPLE);
    client.setRequestHandler('elicitation/create', () => ACCEPT);
    for (const method of [
      'notifications/message',
      'notifications/resources/updated',
      'notifications/tools/list_changed',
    ] as const)
      client.setNotificationHandler(method, () => {
        heard.push(method);
      });
    await client.connect(new TransportOfTwo(new URL(url), headers));
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === 'auto' ? '2026-07-28' : '2025-11-25');
    const meta = { 'io.modelcontextprotocol/logLevel': 'debug' };
    return {
      heard,
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, options) =>
        textOf(await client.callTool({ name, arguments: {}, _meta: meta }, options)),
      follow: async (uri) => {
        if (mode === 'legacy') await client.subscribeResource({ uri });
        else await client.listen({ toolsListChanged: true, resourceSubscriptions: [uri] });
      },
      close: () => client.close(),
    };
  };

describe.each([
  ['SDK 1', one],
  ['SDK 2 as an older client', two('legacy')],
  ['SDK 2 as a newer client', two('auto')],
] as const)('%s', (_name, connect) => {
  let server: FrontServer;
  let client: Official;

  beforeAll(async () => {
    server = await new FrontServer().start();
    client = await connect(server.url);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  it('lists and calls', async () => {
    expect(await client.list()).toContain('echo');
    expect(await client.call('echo')).toBe('{}');
  });

  it('hears progress and logs', async () => {
    let steps = 0;
    expect(await client.call('count', { onprogress: () => (steps += 1) })).toBe('counted');
    expect(steps).toBe(2);
    expect(await client.call('log')).toBe('logged');
    expect(client.heard.filter((method) => method === 'notifications/message')).toHaveLength(2);
  });

  it('is asked by servers of both eras', async () => {
    expect(JSON.parse(await client.call('sample'))).toEqual(SAMPLE);
    expect(JSON.parse(await client.call('elicit'))).toEqual(ACCEPT);
    expect(JSON.parse(await client.call('newer'))).toEqual({ round1: ACCEPT });
  });

  it('cancels', async () => {
    const before = server.conversations.aborted.length;
    const gone = new AbortController();
    const call = client
      .call('wait', { signal: gone.signal, onprogress: () => undefined })
      .catch(() => 'cancelled');
    await eventually(() => {
      expect(server.ledger.records.length).toBeGreaterThan(0);
      expect(server.conversations.waiting).toBe(1);
    });
    gone.abort();
    expect(await call).toBe('cancelled');
    await eventually(() => {
      expect(server.conversations.aborted.length).toBe(before + 1);
    });
  });

  it('is told what it wants to hear', async () => {
    const uri = 'note://one';
    await client.follow(uri);
    await eventually(() => {
      const interests = server.conversations.interests;
      expect(interests.some(({ toolsListChanged }) => toolsListChanged)).toBe(true);
      expect(interests.some(({ resourceUris }) => resourceUris.includes(uri))).toBe(true);
    });
    server.conversations.tell({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    server.conversations.tell({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    await eventually(() => {
      expect(client.heard).toEqual(
        expect.arrayContaining(['notifications/tools/list_changed', 'notifications/resources/updated']),
      );
    });
  });
});
