import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import {
  type NodeIncomingMessageLike,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  inputResponse,
  McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';

import { ASKING_TOOLS } from './asking-tools';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
interface Body {
  readonly method?: string;
}

export interface MemberOptions {
  readonly era: 'older' | 'newer';
  readonly tools: readonly string[];
  readonly instructions?: string;
  readonly ttlMs?: number;
  readonly port?: number;
}

const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });
const CAPABILITIES = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  logging: {},
};
const ASKED = fromJsonSchema<{ name: string }>({
  type: 'object',
  properties: { name: { type: 'string' } },
  required: ['name'],
});

/** A server on the official package that says what was asked of it, in either era. */
export class MemberServer {
  readonly seen: string[] = [];
  /** Tools whose code ran; once more for each round of answers. */
  readonly calls: string[] = [];
  /** Of each `initialize`, what the client said that it can do. */
  readonly clients: unknown[] = [];
  /** Calls that their client took back. */
  cancelled = 0;
  url = '';
  isSilent = false;
  private readonly silent = new Set<string>();
  private readonly tools: Set<string>;
  private readonly sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  private readonly older: McpServer[] = [];
  private readonly newer;
  private http: Server | undefined;

  private constructor(
    readonly name: string,
    private readonly options: MemberOptions,
  ) {
    this.tools = new Set(options.tools);
    this.newer = createMcpHandler(() => this.build(), { legacy: 'reject' });
  }

  static async start(name: string, options: MemberOptions): Promise<MemberServer> {
    const member = new MemberServer(name, options);
    await member.listen(options.port ?? 0);
    return member;
  }

  async listen(port = Number(new URL(this.url).port)): Promise<void> {
    const answer = this.options.era === 'older' ? this.inSession : this.alone();
    this.http = createServer((request, response) => {
      if (this.isSilent) return;
      answer(request, response).catch(() => response.destroy());
    });
    this.http.listen(port, '127.0.0.1');
    await once(this.http, 'listening');
    this.url = `http://127.0.0.1:${String((this.http.address() as AddressInfo).port)}/mcp`;
  }

  /** Gone from one moment to the next, with all sessions. */
  async stop(): Promise<void> {
    const { http } = this;
    if (http === undefined) return;
    this.http = undefined;
    this.sessions.clear();
    this.older.length = 0;
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }

  /** From now on this tool comes to no end. */
  silence(tool: string): void {
    this.silent.add(tool);
  }

  addTool(name: string): void {
    this.tools.add(name);
    for (const server of this.older) this.register(server, name);
    this.newer.notify.toolsChanged();
  }

  async updateNote(): Promise<void> {
    for (const older of this.older)
      if (older.isConnected()) await older.server.sendResourceUpdated({ uri: 'note://one' });
    this.newer.notify.resourceUpdated('note://one');
  }

  count(method: string): number {
    return this.seen.filter((one) => one === method).length;
  }

  private alone(): Answer {
    const handle = toNodeHandler(this.newer);
    return async (request, response) => {
      const body = (await json(request)) as Body;
      this.seen.push(String(body.method));
      await handle(request as NodeIncomingMessageLike, response, body);
    };
  }

  private readonly inSession: Answer = async (request, response) => {
    const body =
      request.method === 'POST' ? ((await json(request)) as Body & { params?: object }) : undefined;
    if (body?.method !== undefined) this.seen.push(body.method);
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? this.sessions.get(id) : undefined;
    if (known !== undefined) return known.handleRequest(request, response, body);
    if (body?.method !== 'initialize') {
      response.writeHead(404).end();
      return;
    }
    this.clients.push((body.params as { capabilities: unknown }).capabilities);
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (made) => void this.sessions.set(made, transport),
      onsessionclosed: (ended) => void this.sessions.delete(ended),
    });
    const server = this.build();
    this.older.push(server);
    await server.connect(transport);
    await transport.handleRequest(request, response, body);
  };

  private build(): McpServer {
    const { instructions, ttlMs, era } = this.options;
    const hint = { ttlMs: ttlMs ?? 60_000, cacheScope: 'public' as const };
    const server = new McpServer(
      { name: this.name, version: '1.0.0' },
      {
        capabilities: CAPABILITIES,
        ...(instructions === undefined ? {} : { instructions }),
        cacheHints: { 'tools/list': hint, 'server/discover': hint },
      },
    );
    for (const name of this.tools) this.register(server, name);
    this.registerOthers(server);
    if (era === 'older')
      for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
        server.server.setRequestHandler(method, () => ({}));
    return server;
  }

  private register(server: McpServer, name: string): void {
    server.registerTool(name, { description: `The ${name} of ${this.name}.` }, async ({ mcpReq }) => {
      this.calls.push(name);
      const asking = ASKING_TOOLS[name];
      if (this.silent.has(name)) await this.untilCancelled(mcpReq.signal);
      if (asking !== undefined) return asking(mcpReq);
      if (name === 'ask') {
        const reply = inputResponse(mcpReq.inputResponses, 'who');
        if (reply.kind === 'missing')
          return inputRequired({
            inputRequests: { who: inputRequired.elicit({ message: 'Who?', requestedSchema: ASKED }) },
            requestState: `state of ${this.name}`,
          });
        return text(`${this.name} heard ${JSON.stringify(reply)} with ${String(mcpReq.requestState())}`);
      }
      if (name === 'steps') await this.report(mcpReq);
      if (name === 'link') return { content: [{ type: 'resource_link', uri: 'note://one', name: 'a note' }] };
      return text(`${this.name}:${name}`);
    });
  }

  private untilCancelled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.cancelled += 1;
        resolve();
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }

  private async report(mcpReq: {
    readonly _meta?: Readonly<Record<string, unknown>>;
    notify(message: { method: 'notifications/progress'; params: never }): Promise<void>;
  }): Promise<void> {
    const progressToken = mcpReq._meta?.['progressToken'];
    const params = { progressToken, progress: 1, total: 2 } as never;
    if (progressToken !== undefined) await mcpReq.notify({ method: 'notifications/progress', params });
  }

  private registerOthers(server: McpServer): void {
    server.registerPrompt('hello', {}, () => ({
      messages: [{ role: 'user', content: { type: 'text', text: `hello from ${this.name}` } }],
    }));
    const read = (uri: string) => ({ contents: [{ uri, text: `${uri} of ${this.name}` }] });
    server.registerResource('note', 'note://one', {}, () => read('note://one'));
    const template = new ResourceTemplate(`${this.name}://{id}/text`, { list: undefined });
    server.registerResource('text', template, {}, (uri) => read(uri.href));
  }
}
