import { request } from 'node:http';
import { type Served, type ServingRole } from '../routes/served';
import { type Ask, type Fixture } from './verdicts';

export interface Operation {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly role: ServingRole;
}

export interface Reply {
  readonly status: number;
  readonly code: unknown;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One value; a list of lines is another type. */
const JSON_TYPE = /^application\/(problem\+)?json\b/;

/** Both processes that serve routes, over sockets, with one thing of each kind in the first workspace. */
export class Guarded {
  private constructor(
    readonly served: Served,
    private readonly urls: ReadonlyMap<ServingRole, string>,
    readonly operations: readonly Operation[],
  ) {}

  static async start(served: Served): Promise<Guarded> {
    const roles = ['api', 'gateway'] as const;
    const urls = new Map<ServingRole, string>();
    for (const role of roles) urls.set(role, await served.listen(role));
    const operations = new Map<string, Operation>();
    for (const role of roles)
      for (const one of operationsOf(served, role))
        if (!operations.has(one.operation)) operations.set(one.operation, one);
    return new Guarded(served, urls, [...operations.values()]);
  }

  ask(operation: Operation, ask: Ask, key: string | undefined): Promise<Reply> {
    const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
      encodeURIComponent(ask.path?.[name] ?? 'nothing-like-it'),
    );
    const url = ask.query === undefined ? filled : `${filled}?${ask.query}`;
    return this.send(operation.role, operation.method, url, { key, body: ask.body });
  }

  /** `If-Match` holds a version that nothing has: whatever would be changed or deleted stays as it is. */
  async send(
    role: ServingRole,
    method: string,
    url: string,
    { key, body }: { readonly key?: string | undefined; readonly body?: object | undefined } = {},
  ): Promise<Reply> {
    const answer = await fetch(`${this.urls.get(role) ?? ''}${url}`, {
      method,
      redirect: 'manual',
      headers: headersOf(method, key, body),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = JSON_TYPE.test(answer.headers.get('content-type') ?? '') && text !== '';
    const parsed = isJson ? (JSON.parse(text) as Reply['body']) : {};
    return { status: answer.status, code: parsed['code'], body: parsed };
  }

  /** One request of the newer era of MCP, which needs no session. */
  async mcp(url: string, key: string, method: string, params: object): Promise<Reply> {
    const version = '2026-07-28';
    const name = (params as { readonly name?: string }).name;
    const meta = {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    };
    const answer = await fetch(`${this.urls.get('gateway') ?? ''}${url}`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...{
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': version,
          'mcp-method': method,
        },
        ...(name === undefined ? {} : { 'mcp-name': name }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
    });
    const text = await answer.text();
    const data = text.startsWith('{') ? text : (/^data: (.*"id":1.*)$/m.exec(text)?.[1] ?? '{}');
    const body = JSON.parse(data) as Reply['body'];
    return { status: answer.status, code: body['code'], body };
  }

  /** Whatever its version is. */
  async deleteNow(url: string, key: string): Promise<Reply> {
    const answer = await fetch(`${this.urls.get('api') ?? ''}${url}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}` },
    });
    const text = await answer.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Reply['body'];
    return { status: answer.status, code: body['code'], body };
  }

  /** The address as it is written, which `fetch` would tidy up. */
  raw(role: ServingRole, method: string, path: string, key?: string): Promise<number> {
    const { hostname, port } = new URL(this.urls.get(role) ?? '');
    return new Promise((resolve, reject) => {
      const headers = headersOf(method, key);
      request({ hostname, port, method, path, headers, agent: false }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          resolve(answer.statusCode ?? 0);
        });
      })
        .on('error', reject)
        .end();
    });
  }

  /** One thing of each kind. */
  async fill(): Promise<Fixture> {
    const { key } = this.served;
    const make = async (method: string, url: string, body: object): Promise<Reply['body']> => {
      const reply = await this.send('api', method, url, { key, body });
      if (reply.status >= 300) throw new Error(`${url}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    };
    const api = '/api/v1';
    await make('PUT', `${api}/secrets/shared/GUARDED`, { value: 'a value that nobody guesses' });
    const definition = await make('POST', `${api}/mcp/servers`, {
      name: 'guarded',
      docker_image_url: 'a/b:1',
    });
    const environment = { TOKEN: 'secret_ref:shared:GUARDED' };
    const instance = await make('POST', `${api}/mcp/instances`, {
      name: 'guarded',
      json_spec: { type: 'docker', image: 'a/b:1', environment },
    });
    const endpoint = await this.send('gateway', 'POST', `${api}/mcp/endpoints`, {
      key,
      body: { name: 'guarded', instances: ['guarded'] },
    });
    if (endpoint.status !== 201) throw new Error(JSON.stringify(endpoint.body));
    const issued = await make('POST', `${api}/api-keys`, { name: 'guarded', role: 'viewer' });
    const user = await make('POST', `${api}/users`, {
      username: 'guarded',
      password: 'seven grey herons',
      memberships: [{ workspace: 'default', role: 'viewer' }],
    });
    const issuer = await make('POST', `${api}/issuers`, {
      ...{
        name: 'guarded',
        issuer: 'https://issuer.example.com',
        audiences: ['quayside'],
        algorithms: ['RS256'],
      },
      jwks_url: 'https://issuer.example.com/keys',
    });
    const workspace = await make('POST', `${api}/workspaces`, { name: 'guarded' });
    const webhook = await make('POST', `${api}/webhooks`, {
      url: 'https://hooks.example.com/a',
    });
    const recipient = await make('POST', `${api}/mail-recipients`, { address: 'ops@example.com' });
    const pipeline = await make('POST', `${api}/pipelines`, {
      name: 'guarded',
      stages: [{ name: 'only', type: 'analysis' }],
    });
    const schedule = await make('POST', `${api}/pipelines/guarded/schedules`, { cron: '0 2 * * *' });
    const run = await make('POST', `${api}/pipelines/guarded/execute`, {});
    const runId = String(run['run_id']);
    await make('POST', `${api}/runs/${runId}/cancel`, {});
    await make('POST', `${api}/agents/register`, { name: 'guarded', type: 'worker' });
    const task = await make('POST', `${api}/tasks`, { type: 'guarded', payload: {} });
    const taskId = String(task['task_id']);
    await make('POST', `${api}/tasks/${taskId}/cancel`, {});
    const idOf = ({ id }: Reply['body']): string => String(id);
    return {
      ...{
        instance: idOf(instance),
        definition: idOf(definition),
        operation: String(instance['operation_id']),
      },
      ...{ pipeline: idOf(pipeline), schedule: idOf(schedule), run: runId },
      ...{ key: idOf(issued), user: idOf(user), issuer: idOf(issuer), workspace: idOf(workspace) },
      ...{ webhook: idOf(webhook), recipient: idOf(recipient), task: taskId },
    };
  }
}

const headersOf = (method: string, key?: string, body?: object): Record<string, string> => ({
  ...(method === 'PATCH' || method === 'DELETE' ? { 'if-match': '"999999"' } : {}),
  ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
});

function operationsOf(served: Served, role: ServingRole): readonly Operation[] {
  const { paths } = served.document(role) as unknown as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationId === undefined ? [] : [{ operation: operationId, method: method.toUpperCase(), path, role }],
    ),
  );
}
