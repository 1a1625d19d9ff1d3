import { type AddressInfo } from 'node:net';
import {
  Client as NewerClient,
  StreamableHTTPClientTransport as NewerTransport,
} from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { eventually } from '@app/testing';
import { SocketServer } from '../mcp/socket-server';
import { BOOTSTRAP_KEY, World } from './world';

jest.setTimeout(240_000);

const US = { name: 'official', version: '1' };
const CAPABILITIES = { elicitation: {} };
const ANSWER = { action: 'accept', content: { name: 'Ada' } } as const;
const headers = { requestInit: { headers: { authorization: `Bearer ${BOOTSTRAP_KEY}` } } };

describe('a server behind a WebSocket, at its face', () => {
  const server = new SocketServer();
  let world: World;
  let face: URL;

  beforeAll(async () => {
    const endpoint = await server.start();
    world = await World.start();
    const upstream = { kind: 'http', urls: [endpoint], transport: 'websocket', remote: true } as const;
    await world.instance({ name: 'socket', spec: { type: 'url', endpoint }, upstream });
    await world.app.listen(0, '127.0.0.1');
    const { port } = world.app.getHttpServer().address() as AddressInfo;
    face = new URL(`http://127.0.0.1:${String(port)}/servers/socket/mcp`);
  });
  afterAll(async () => {
    await world.stop();
    await server.stop();
  });

  it('serves a client of the older era, progress and questions included', async () => {
    const client = new OlderClient(US, { capabilities: CAPABILITIES });
    client.setRequestHandler(ElicitRequestSchema, () => ANSWER);
    await client.connect(new OlderTransport(face, headers));
    let steps = 0;
    const onprogress = (): void => {
      steps += 1;
    };
    const echoed = await client.callTool({ name: 'echo', arguments: {} }, undefined, { onprogress });
    expect(echoed.content).toEqual([{ type: 'text', text: 'echoed' }]);
    expect(steps).toBe(1);
    expect((await client.callTool({ name: 'asks', arguments: {} })).structuredContent).toEqual(ANSWER);
    await client.close();
  });

  it('serves a client of the newer era, though another of its calls waits for answers', async () => {
    const connect = async (): Promise<NewerClient> => {
      const client = new NewerClient(US, {
        capabilities: CAPABILITIES,
        versionNegotiation: { mode: 'auto' },
      });
      client.setRequestHandler('elicitation/create', () => ANSWER);
      await client.connect(new NewerTransport(face, headers));
      return client;
    };
    const before = server.heard.filter(({ params }) => params?.name === 'asks').length;
    // Is asked, and never comes back with an answer: a call of the same caller that is held.
    const absent = await connect();
    absent.setRequestHandler('elicitation/create', () => new Promise(() => undefined));
    absent.callTool({ name: 'asks', arguments: {} }).catch(() => undefined);
    await eventually(() => {
      expect(server.heard.filter(({ params }) => params?.name === 'asks')).toHaveLength(before + 1);
    });
    const client = await connect();
    const answered = await client.callTool({ name: 'asks', arguments: {} });
    expect(answered.structuredContent).toEqual(ANSWER);
    await Promise.all([client.close(), absent.close()]);
  });
});
