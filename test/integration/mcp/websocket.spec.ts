import { type JsonObject } from '@app/kernel';
import { connectMcp, type ConnectOptions, McpAuthenticationError, type McpSession } from '@app/mcp';
import { EgressPolicy, guardedSocket } from '@app/security';
import { eventually } from '@app/testing';
import { SocketServer } from './socket-server';

const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

describe('a server behind a WebSocket', () => {
  let server: SocketServer;
  let url: string;

  beforeEach(async () => {
    server = new SocketServer();
    url = await server.start();
  });
  afterEach(() => server.stop());

  const connect = (more: Partial<ConnectOptions> = {}): Promise<McpSession> =>
    connectMcp({
      url,
      fetch,
      openSocket: guardedSocket(new EgressPolicy({ localMode: true })),
      headers: { 'x-own': 'yes' },
      serverName: 'socket',
      timeoutMs: PATIENCE_MS,
      ...more,
    });

  it('is called over one connection, with our headers and the subprotocol', async () => {
    const session = await connect();
    const progress: unknown[] = [];
    const onProgress = (one: JsonObject): void => {
      progress.push(one.progress);
    };
    const results = await Promise.all([1, 2, 3].map(() => session.callTool('echo', {}, { onProgress })));

    expect(session).toMatchObject({ era: 'older', transport: 'websocket', url });
    expect(results).toHaveLength(3);
    expect(progress).toEqual([1, 1, 1]);
    expect(server.upgrades).toHaveLength(1);
    expect(server.upgrades[0]?.headers).toMatchObject({ 'x-own': 'yes', 'sec-websocket-protocol': 'mcp' });
    await session.close();
    await eventually(() => {
      expect(server.sockets.size).toBe(0);
    });
  });

  it('may ask the one who called', async () => {
    const session = await connect({ clientCapabilities: { elicitation: {} } });
    const asked: string[] = [];
    const result = await session.callTool(
      'asks',
      {},
      {
        onRequest: (method) => {
          asked.push(method);
          return Promise.resolve({ action: 'accept' });
        },
      },
    );
    expect(asked).toEqual(['elicitation/create']);
    expect(result.structuredContent).toEqual({ action: 'accept' });
    await session.close();
  });

  it('that hangs up fails what was under way, and is connected anew for the next call', async () => {
    const session = await connect();
    await expect(session.callTool('ends', {})).rejects.toMatchObject({
      code: 'upstream_unreachable',
      started: true,
    });
    await session.callTool('echo', {});
    expect(server.heard.filter(({ params }) => params?.name === 'ends')).toHaveLength(1);
    expect(server.upgrades).toHaveLength(2);
    await session.close();
  });

  it('is told when a call is given up', async () => {
    const session = await connect();
    const giveUp = new AbortController();
    const call = session.callTool(
      'asks',
      {},
      { signal: giveUp.signal, onRequest: () => new Promise(() => undefined) },
    );
    await eventually(() => {
      expect(server.heard.some(({ params }) => params?.name === 'asks')).toBe(true);
    });
    giveUp.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await eventually(() => {
      expect(server.heard.some(({ method }) => method === 'notifications/cancelled')).toBe(true);
    });
    await session.close();
  });

  it('gets renewed credentials when it refuses the first', async () => {
    server.token = 'new';
    const auth = {
      authorization: () => Promise.resolve('Bearer old'),
      renew: () => Promise.resolve('Bearer new'),
    };
    const session = await connect({ auth });
    await session.ping();
    await session.close();
    await expect(connect()).rejects.toThrow(McpAuthenticationError);
  });

  it('at a private address is refused by policy before anything is sent', async () => {
    const openSocket = guardedSocket(new EgressPolicy());
    await expect(connect({ openSocket })).rejects.toMatchObject({ code: 'egress_refused' });
    expect(server.upgrades).toHaveLength(0);
  });
});
