import { type Api } from '../../api';

const OLDER = '2025-11-25';
const ACCEPT = { accept: 'application/json, text/event-stream' };
const SERVER = '/servers/echo/mcp';

const answered = (status: number, body: unknown): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (status >= 300) throw new Error(`answered ${String(status)}: ${text.slice(0, 300)}`);
  return text;
};

const said = (text: string, message: string): void => {
  if (!text.includes(`Echo: ${message}`))
    throw new Error(`not the answer to ${message}: ${text.slice(0, 300)}`);
};

/** A client of the older era: one session, however many processes of the gateway come and go. */
export class SessionClient {
  #headers: Record<string, string> = ACCEPT;
  #id = 0;

  static async open(api: Api): Promise<SessionClient> {
    const client = new SessionClient();
    const params = {
      protocolVersion: OLDER,
      capabilities: {},
      clientInfo: { name: 'scale', version: '1.0.0' },
    };
    const { status, headers, body } = await client.#post(api, { id: 0, method: 'initialize', params });
    answered(status, body);
    const session = headers.get('mcp-session-id');
    client.#headers = {
      ...ACCEPT,
      'mcp-protocol-version': OLDER,
      ...(session === null ? {} : { 'mcp-session-id': session }),
    };
    const told = await client.#post(api, { method: 'notifications/initialized' });
    answered(told.status, told.body);
    return client;
  }

  async echo(api: Api, message: string): Promise<void> {
    this.#id += 1;
    const params = { name: 'echo', arguments: { message } };
    const { status, body } = await this.#post(api, { id: this.#id, method: 'tools/call', params });
    said(answered(status, body), message);
  }

  #post(api: Api, message: object) {
    return api.request<unknown>('POST', SERVER, { jsonrpc: '2.0', ...message }, this.#headers);
  }
}

export async function restEcho(api: Api, message: string): Promise<void> {
  said(await api.call('echo', 'echo', { message }), message);
}

export async function submitTask(api: Api): Promise<string> {
  const { task_id: id } = await api.ok<{ task_id: string }>('POST', '/api/v1/tasks', {
    ...{ type: 'processing', payload: { of: 'scale' }, capabilities: ['scale'] },
    ...{ priority: 'medium', timeout: 60, retry_count: 5 },
  });
  return id;
}

export async function define(api: Api, name: string): Promise<string> {
  await api.ok('POST', '/api/v1/mcp/servers', {
    ...{ name, docker_image_url: 'agentarea/echo:latest', port: 8080 },
  });
  return name;
}
