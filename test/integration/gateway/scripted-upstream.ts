import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Heard {
  readonly httpMethod: string;
  readonly headers: IncomingMessage['headers'];
  readonly message: {
    readonly method?: string;
    readonly id?: unknown;
    readonly params?: Record<string, unknown>;
  };
}

type Script = (heard: Heard, response: ServerResponse) => boolean | Promise<boolean>;

/** A server of one era in a few lines, that remembers all it heard and can be told to do something else for once. */
export class ScriptedUpstream {
  readonly heard: Heard[] = [];
  readonly sessions = new Set<string>();
  /** Asked first; true when it has answered. */
  script: Script = () => false;
  private readonly server: Server;

  constructor(private readonly era: 'older' | 'newer' = 'older') {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/mcp`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  messages(method: string): readonly Heard[] {
    return this.heard.filter(({ message }) => message.method === method);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const message = (text === '' ? {} : JSON.parse(text)) as Heard['message'];
    const heard = { httpMethod: request.method ?? '', headers: request.headers, message };
    this.heard.push(heard);
    if (await this.script(heard, response)) return;
    if (this.era === 'newer') this.answerNewer(heard, response);
    else this.answerOlder(heard, response);
  }

  private answerNewer({ httpMethod, headers, message }: Heard, response: ServerResponse): void {
    if (httpMethod !== 'POST') {
      endWith(response, 405);
      return;
    }
    if (headers['mcp-protocol-version'] !== '2026-07-28') {
      sendJson(response, { id: message.id, error: { code: -32022, message: 'newer only' } }, 400);
      return;
    }
    sendJson(response, { id: message.id, result: { resultType: 'complete', ...resultOf(message) } });
  }

  private answerOlder({ httpMethod, headers, message }: Heard, response: ServerResponse): void {
    const session = headers['mcp-session-id'];
    if (message.method === 'initialize') {
      this.begin(message, response);
      return;
    }
    if (typeof session !== 'string') {
      sendJson(response, { id: null, error: { code: -32000, message: 'no session' } }, 400);
      return;
    }
    if (!this.sessions.has(session)) {
      sendJson(response, { id: null, error: { code: -32001, message: 'Session not found' } }, 404);
      return;
    }
    if (httpMethod === 'DELETE') {
      this.sessions.delete(session);
      endWith(response, 200);
      return;
    }
    if (httpMethod === 'GET') {
      endWith(response, 405);
      return;
    }
    if (message.id === undefined) {
      endWith(response, 202);
      return;
    }
    sendJson(response, { id: message.id, result: resultOf(message) });
  }

  private begin({ id, params }: Heard['message'], response: ServerResponse): void {
    const session = randomUUID();
    this.sessions.add(session);
    response.setHeader('mcp-session-id', session);
    const protocolVersion = params?.protocolVersion ?? '2025-11-25';
    sendJson(response, {
      id,
      result: {
        protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'scripted', version: '1' },
      },
    });
  }
}

function resultOf({ method, params }: Heard['message']): object {
  if (method !== 'tools/call') return { tools: [], supportedVersions: ['2026-07-28'], capabilities: {} };
  return { content: [{ type: 'text', text: String(params?.name) }] };
}

function endWith(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

export function sendJson(response: ServerResponse, message: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

export function sendEvents(response: ServerResponse): (message: object) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (message) => response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
}
