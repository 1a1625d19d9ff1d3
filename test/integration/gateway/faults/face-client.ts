import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type ClientRequest } from 'node:http';

export type Era = 'older' | 'newer';
export interface Rpc {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly result?: { readonly content?: readonly { readonly text?: string }[] } & Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}
export interface FaceAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The JSON-RPC messages of the body, of a stream or alone. */
  readonly messages: readonly Rpc[];
  /** Where it came in: the same number is the same connection. */
  readonly localPort: number;
}

const VERSIONS: Record<Era, string> = { older: '2025-11-25', newer: '2026-07-28' };
const CLIENT = { name: 'fault', version: '1' };
const NEWER_META = {
  'io.modelcontextprotocol/protocolVersion': VERSIONS.newer,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT,
};

/** A client of one face on one connection, which says exactly what it is told to. */
export class FaceClient {
  session: string | undefined;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private nextId = 1;

  constructor(
    private readonly base: string,
    readonly path: string,
    readonly era: Era,
    private readonly key: string,
  ) {}

  /** The handshake of the older era; the newer one has none. */
  async begin(): Promise<this> {
    if (this.era === 'newer') return this;
    const params = { protocolVersion: VERSIONS.older, capabilities: {}, clientInfo: CLIENT };
    const answer = await this.send('initialize', params, { id: 0 });
    if (answer.status !== 200) throw new Error(`initialize was answered ${answer.status}: ${answer.text}`);
    this.session = answer.headers['mcp-session-id'] as string | undefined;
    await this.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return this;
  }

  call(name: string, args: object, more: { id?: number | string } = {}): Promise<FaceAnswer> {
    return this.send('tools/call', { name, arguments: args }, more);
  }

  send(
    method: string,
    params: object,
    { id = this.nextId++ }: { id?: number | string } = {},
  ): Promise<FaceAnswer> {
    return this.post(this.message(method, params, id), this.mirrored(method, params));
  }

  message(method: string, params: object, id: number | string): object {
    const whole = this.era === 'newer' ? { ...params, _meta: NEWER_META } : params;
    return { jsonrpc: '2.0', id, method, params: whole };
  }

  /** The headers that repeat the body in the newer era. */
  mirrored(method: string, params: object): Record<string, string> {
    if (this.era === 'older') return {};
    const { name } = params as { name?: string };
    return { 'mcp-method': method, ...(name === undefined ? {} : { 'mcp-name': name }) };
  }

  post(
    body: object | string | Buffer,
    headers: Record<string, string | undefined> = {},
  ): Promise<FaceAnswer> {
    const bytes = Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    return this.exchange('POST', bytes, headers);
  }

  /** The words of a call's answer; an error in its place fails with it. */
  async echo(message: string): Promise<string> {
    const answer = await this.call('echo', { message });
    const last = answer.messages.at(-1);
    if (last?.result === undefined) throw new Error(`echo was answered ${answer.status}: ${answer.text}`);
    return last.result.content?.[0]?.text ?? '';
  }

  async exchange(
    method: string,
    body: Buffer | undefined,
    headers: Record<string, string | undefined> = {},
  ): Promise<FaceAnswer> {
    const asked = this.open(method, headers, body?.length);
    asked.end(body);
    return read(asked);
  }

  /** A request on a connection of its own: a stream that stays would keep the client's only one. */
  lone(method: string): ClientRequest {
    return this.open(method, {}, undefined, false);
  }

  /** A request whose body is the test's to write. */
  open(
    method: string,
    headers: Record<string, string | undefined> = {},
    length?: number,
    agent: Agent | false = this.agent,
  ): ClientRequest {
    const given: Record<string, string | undefined> = {
      authorization: `Bearer ${this.key}`,
      accept: 'application/json, text/event-stream',
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(length === undefined ? {} : { 'content-length': String(length) }),
      ...(this.session === undefined ? {} : { 'mcp-session-id': this.session }),
      ...(this.era === 'newer' || this.session !== undefined
        ? { 'mcp-protocol-version': VERSIONS[this.era] }
        : {}),
      ...headers,
    };
    const kept = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return request(this.base + this.path, { method, agent, headers: Object.fromEntries(kept) });
  }

  close(): void {
    this.agent.destroy();
  }
}

export async function read(asked: ClientRequest): Promise<FaceAnswer> {
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  // An answer that ends a connection has let go of it by the time it was read.
  const localPort = response.socket.localPort ?? 0;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { statusCode: status = 0, headers } = response;
  return { status, headers, text, messages: messagesOf(text, headers['content-type'] ?? ''), localPort };
}

function messagesOf(text: string, type: string): readonly Rpc[] {
  const bodies = type.startsWith('text/event-stream')
    ? text
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trim())
    : [text.trim()];
  return bodies.filter((body) => body.startsWith('{')).map((body) => JSON.parse(body) as Rpc);
}
