import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type JsonObject } from '@app/kernel';

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
export class SocketServer {
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
    else if (method === 'tools/list') say({ id, result: { tools: LISTED } });
    else if (method === 'tools/call') TOOLS[params?.name ?? '']?.(message, say, socket);
    else if (result !== undefined) {
      const call = this.heard.findLast((one) => one.params?.name === 'asks');
      say({ id: call?.id, result: { content: [], structuredContent: result } });
    }
  }
}

type Say = (message: object) => void;

const LISTED = ['asks', 'ends', 'echo'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const TOOLS: Readonly<Record<string, (call: Message, say: Say, socket: WebSocket) => void>> = {
  asks: (_call, say) => {
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } };
    say({ id: 'q1', method: 'elicitation/create', params: { message: 'Who?', requestedSchema } });
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
