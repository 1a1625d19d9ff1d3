import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually } from '@app/testing';
import { type Fault, FAULTS } from './fault-kinds';

export interface Message {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: {
    readonly name?: string;
    readonly arguments?: { message?: string; how?: Fault; key?: string; of?: number };
  };
}

const NEWER = '2026-07-28';
const text = (words: string): object => ({ content: [{ type: 'text', text: words }] });
const toolOf = (name: string): object => ({ name, description: name, inputSchema: { type: 'object' } });

/**
 * One listener with many servers behind it, `/<anything>/mcp` each, in both eras. Handshake, lists and `echo` are those of a
 * good server; `act` misbehaves in the way its argument `how` says, after it was counted under the argument `key`.
 */
export class Misbehaving {
  private readonly server = createServer((request, response) => {
    this.take(request, response);
  });
  private readonly sessions = new Set<string>();
  private readonly acts = new Map<string, number>();
  private readonly goneKeys = new Set<string>();
  private gathered: (() => void)[] = [];
  private readonly listeners = new Set<ServerResponse>();
  extraTools: readonly object[] = [];
  address = '';

  async start(): Promise<void> {
    // It never hangs up by itself: a call that meets that is not repeated, and no fault that anybody looks for here.
    this.server.keepAliveTimeout = 0;
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  url(name: string): string {
    return `${this.address}/${name}/mcp`;
  }

  /** How often a call with this key was executed. */
  executed(key: string): number {
    return this.acts.get(key) ?? 0;
  }

  /** Waits until the call was taken up. */
  async takes(key: string): Promise<void> {
    await eventually(() => {
      if (this.executed(key) === 0) throw new Error(`${key} did not arrive`);
    });
  }

  /** Waits until the gateway let go of it. */
  async loses(key: string): Promise<void> {
    await eventually(() => {
      if (!this.goneKeys.has(key)) throw new Error(`${key} is still waited for`);
    });
  }

  forgetSessions(): void {
    this.sessions.clear();
  }

  get streams(): number {
    return this.listeners.size;
  }

  /** Other tools from now on, said to all who listen. */
  changeTools(tools: readonly string[]): void {
    this.extraTools = tools.map(toolOf);
    const notice = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
    for (const listener of this.listeners) listener.write(`data: ${JSON.stringify(notice)}\n\n`);
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined); // A caller that leaves is part of the play.
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.answer(request, response, Buffer.concat(chunks).toString());
    });
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const session = String(request.headers['mcp-session-id'] ?? '');
    const isNewer = request.headers['mcp-protocol-version'] === NEWER;
    if (request.method === 'GET') this.listen(response, session);
    else if (request.method === 'DELETE') response.writeHead(this.sessions.delete(session) ? 200 : 404).end();
    else if (isNewer) this.obey(parsed(body), response, { resultType: 'complete' });
    else this.older(parsed(body), session, response);
  }

  private listen(response: ServerResponse, session: string): void {
    if (!this.sessions.has(session)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  private older(message: Message | undefined, session: string, response: ServerResponse): void {
    if (message?.method === 'initialize') {
      const id = randomUUID();
      this.sessions.add(id);
      response.setHeader('mcp-session-id', id);
      const about = { protocolVersion: '2025-11-25', capabilities: { tools: { listChanged: true } } };
      reply(response, message.id, { ...about, serverInfo: { name: 'misbehaving', version: '1' } });
    } else if (this.sessions.has(session)) this.obey(message, response, {});
    else if (session === '') refuse(response, 400, message?.id ?? null, -32_000, 'A session id is needed');
    else refuse(response, 404, message?.id ?? null, -32_001, 'Session not found');
  }

  private obey(message: Message | undefined, response: ServerResponse, more: object): void {
    if (message === undefined || typeof message.method !== 'string') {
      refuse(response, 400, null, -32_600, 'Invalid request');
      return;
    }
    if (message.id === undefined) {
      response.writeHead(202).end();
      return;
    }
    const list = { ...more, ...('resultType' in more ? { ttlMs: 0, cacheScope: 'public' } : {}) };
    const about = { supportedVersions: [NEWER], capabilities: { tools: {} } };
    if (message.method === 'tools/call') this.call(message, response, more);
    else if (message.method === 'tools/list') reply(response, message.id, { ...list, tools: this.tools() });
    else if (message.method === 'server/discover') reply(response, message.id, { ...list, ...about });
    else if (message.method === 'ping') reply(response, message.id, more);
    else refuse(response, 'resultType' in more ? 404 : 200, message.id, -32_601, 'Method not found');
  }

  private tools(): readonly object[] {
    return [...['echo', 'act', 'gather'].map(toolOf), ...this.extraTools];
  }

  private call(message: Message, response: ServerResponse, more: object): void {
    const { name, arguments: args = {} } = message.params ?? {};
    const say = (): void => {
      reply(response, message.id, { ...more, ...text(args.message ?? '') });
    };
    if (name === 'act') this.act(message, response);
    else if (name === 'gather') this.gather(args.of ?? 1, say);
    else if (name === 'echo') say();
    else refuse(response, 200, message.id ?? null, -32_602, 'Unknown tool');
  }

  private act(message: Message, response: ServerResponse): void {
    const { how = 'hangs', key = '' } = message.params?.arguments ?? {};
    this.acts.set(key, this.executed(key) + 1);
    response.on('close', () => this.goneKeys.add(key));
    FAULTS[how](response, message);
  }

  /** Answers nobody until all are there, and then the last one first. */
  private gather(of: number, say: () => void): void {
    this.gathered.push(say);
    if (this.gathered.length < of) return;
    for (const each of this.gathered.reverse()) each();
    this.gathered = [];
  }
}

function parsed(body: string): Message | undefined {
  try {
    return JSON.parse(body) as Message;
  } catch {
    // What a gateway passes on may be anything; a good server answers it all the same.
    return undefined;
  }
}

function reply(response: ServerResponse, id: Message['id'], result: object): void {
  send(response, 200, { jsonrpc: '2.0', id, result });
}

function refuse(
  response: ServerResponse,
  status: number,
  id: number | string | null,
  code: number,
  message: string,
): void {
  send(response, status, { jsonrpc: '2.0', id, error: { code, message } });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
