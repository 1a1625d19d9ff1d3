import { type AddressInfo } from 'node:net';
import { type InstanceSpec } from '@app/contracts';
import { ScriptedUpstream } from './scripted-upstream';
import { BOOTSTRAP_KEY, World } from './world';

export const VERSION = '2026-07-28';

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly id?: unknown;
    readonly result?: Record<string, unknown>;
    readonly error?: RpcFault;
  };
}
interface RpcFault {
  readonly code: number;
  readonly message: string;
  readonly data?: Record<string, unknown>;
}

/** The gateway on a real port, before a scripted server of each era. */
export class FaceWorld {
  readonly older = new ScriptedUpstream('older');
  readonly newer = new ScriptedUpstream('newer');
  world!: World;
  base = '';

  async start(environment: Record<string, string> = {}): Promise<void> {
    [this.world] = await Promise.all([World.start([], environment), this.older.start(), this.newer.start()]);
    await this.world.app.listen(0, '127.0.0.1');
    this.base = `http://127.0.0.1:${(this.world.app.getHttpServer().address() as AddressInfo).port}`;
    await this.server('older', this.older.url, { era: 'older' });
    await this.server('newer', this.newer.url, { era: 'newer' });
  }

  async stop(): Promise<void> {
    await (this.world as World | undefined)?.stop();
    await Promise.all([this.older.stop(), this.newer.stop()]);
  }

  /** Between two tests. */
  forget(): void {
    for (const upstream of [this.older, this.newer]) {
      upstream.script = () => false;
      upstream.heard.length = 0;
    }
  }

  async server(
    name: string,
    url: string,
    { era = null, spec }: { readonly era?: string | null; readonly spec?: InstanceSpec } = {},
  ): Promise<void> {
    const remote = spec?.type === 'url';
    const upstream = { kind: 'http', urls: [url], transport: 'streamable-http', remote } as const;
    const id = await this.world.instance({
      name,
      spec: spec ?? { type: 'docker', image: 'test/any:latest', port: 80 },
      upstream,
    });
    const { db } = this.world.truth;
    await db.execute(`UPDATE instance_status SET era = $2 WHERE instance_id = $1`, [id, era]);
  }

  send(
    path: string,
    { key = BOOTSTRAP_KEY, ...init }: RequestInit & { key?: string } = {},
  ): Promise<Response> {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(init.headers as Record<string, string>),
    };
    return fetch(this.base + path, { ...init, headers });
  }

  async post(path: string, message: object, headers: object = {}, key = BOOTSTRAP_KEY): Promise<Told> {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const sent = headers as Record<string, string>;
    const answer = await this.send(path, { method: 'POST', body, headers: sent, key });
    const text = await answer.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Told['body']);
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  /** The headers of a session. */
  async begin(path: string, key = BOOTSTRAP_KEY): Promise<Record<string, string>> {
    const { headers, status } = await this.post(path, initialize, {}, key);
    expect(status).toBe(200);
    return {
      'mcp-session-id': headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': '2025-11-25',
    };
  }
}

export const initializeParams = {
  protocolVersion: '2025-11-25',
  capabilities: { roots: {} },
  clientInfo: { name: 'a client', version: '1.0' },
};
const initialize = { id: 0, method: 'initialize', params: initializeParams };

export const call = (id: number, name = 'echo') => ({
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});

/** The message and its headers. */
export const newerCall = (id: number, name: string): [object, Record<string, string>] => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const message = { id, method: 'tools/call', params: { name, arguments: {}, _meta } };
  return [message, { 'mcp-protocol-version': VERSION, 'mcp-method': 'tools/call', 'mcp-name': name }];
};
