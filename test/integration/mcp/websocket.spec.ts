import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type JsonObject } from '@app/kernel';
import { connectMcp, type ConnectOptions, McpAuthenticationError, type McpSession } from '@app/mcp';
import { EgressPolicy, guardedSocket } from '@app/security';
import { eventually } from '@app/testing';

const PATIENCE_MS = 60_000;
jest.setTimeout(180_000);

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly _meta?: { readonly progressToken?: number } };
  readonly result?: JsonObject;
}

const ABOUT = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'socket', version: '1' },
};

/** An MCP server over WebSocket that says something about each call, and asks something during one. */
class SocketServer {
  readonly heard: Message[] = [];
  readonly upgrades: IncomingMessage[] = [];
  readonly sockets = new Set<WebSocket>();
  token: string | undefined;
  private server: WebSocketServer | undefined;

  async start(): Promise<string> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      handleProtocols: (offered) => (offered.has('mcp') ? 'mcp' : false),
      verifyClient: ({ req }, done) => {
        const isWelcome = this.token === undefined || req.headers.authorization === `Bearer ${this.token}`;
        done(isWelcome, 401);
      },
    });
    this.server = server;
    server.on('connection', (socket, request) => {
      this.upgrades.push(request);
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('message', (data: Buffer) => {
        this.take(socket, JSON.parse(data.toString()) as Message);
      });
    });
    await once(server, 'listening');
    return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    const closed = new Promise((resolve) => this.server?.close(resolve));
    await closed;
  }

  private take(socket: WebSocket, message: Message): void {
    this.heard.push(message);
    const { id, method, params, result } = message;
    const say: Say = (more) => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', ...more }));
    };
    if (method === 'initialize') say({ id, result: ABOUT });
    else if (method === 'ping') say({ id, result: {} });
    else if (method === 'tools/call') TOOLS[params?.name ?? '']?.(message, say, socket);
    else if (result !== undefined) {
      const call = this.heard.findLast((one) => one.params?.name === 'asks');
      say({ id: call?.id, result: { content: [], structuredContent: result } });
    }
  }
}

type Say = (message: object) => void;

const TOOLS: Readonly<Record<string, (call: Message, say: Say, socket: WebSocket) => void>> = {
  asks: (_call, say) => {
    say({ id: 'q1', method: 'elicitation/create', params: { message: 'Who?' } });
  },
  ends: (_call, _say, socket) => {
    socket.terminate();
  },
  echo: ({ id, params }, say) => {
    const progressToken = params?._meta?.progressToken;
    say({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    say({ id, result: { content: [{ type: 'text', text: 'echoed' }] } });
  },
};

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
