import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describeWithEngine, eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import { DIST, Installation } from '../installation';
import { refusalOf } from '../refusals';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(240_000);

/** The variables that the required documents print, with their values, but for addresses and secrets of our own. */
const PRINTED_ENVIRONMENT = {
  MCP_MANAGER_URL: 'http://mcp-manager:8000',
  MCP_CLIENT_TIMEOUT: '30',
  FLASK_API_URL: 'http://flask-service:5000',
  WS_PORT: '8080',
  LOG_LEVEL: 'INFO',
  METRICS_ENABLED: 'true',
  MAX_AGENTS: '100',
  MAX_CONCURRENT_TASKS: '50',
  TASK_TIMEOUT: '3600',
};
/** Where the documents say that a remote server listens. */
const PRINTED_PORT = 3333;

const FILESYSTEM_SPEC = {
  type: 'docker',
  image: 'mcp/filesystem:latest',
  port: 8001,
  environment: { ALLOWED_DIRECTORIES: '/tmp,/var/tmp', MAX_FILE_SIZE: '5MB' },
};

describeWithEngine('the examples that the required documents print', ({ host }) => {
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start({ engine: host, env: PRINTED_ENVIRONMENT });
  });

  afterAll(() => quayside.stop());

  const post = <T = InstanceBody>(path: string, body: object) => quayside.api.request<T>('POST', path, body);
  const deleted = async (name: string) => {
    await quayside.api.ok('DELETE', `/mcp/instances/${name}?wait=60`);
    await quayside.vanishes(name, 120_000);
  };

  it('a create request of an agent is answered with success, config_id and message', async () => {
    const { status, body } = await post<Record<string, unknown>>('/mcp/instances', {
      agent_id: '7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d',
      service_name: 'my-fastapi-server',
      template: 'fastapi',
      environment: { DATABASE_URL: 'sqlite:///app.db' },
      replicas: 1,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      success: true,
      config_id: body['id'],
      message: 'Instance "my-fastapi-server" was accepted.',
      agent_id: '7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d',
      status: 'requested',
    });
    // Nobody published that image, and the status says so.
    await quayside.settles(
      'my-fastapi-server',
      (instance) => instance.reason.includes('quayside/fastapi:latest'),
      'blamed on its image',
      120_000,
    );
    await deleted('my-fastapi-server');
  });

  it('a definition keeps every field of the schema, and an instance all of its specification', async () => {
    const definition = {
      name: 'filesystem-mcp',
      description: 'Filesystem access MCP server',
      docker_image_url: 'mcp/filesystem:latest',
      env_schema: [
        { name: 'ALLOWED_DIRECTORIES', type: 'string', required: true },
        { name: 'MAX_FILE_SIZE', type: 'string', required: false, default: '10MB' },
      ],
    };
    const server = await post<{ id: string }>('/mcp/servers', definition);
    expect(server).toMatchObject({ status: 201, body: { ...definition, status: 'published', tags: [] } });

    const instance = { name: 'fs-instance-1', server_spec_id: server.body.id, json_spec: FILESYSTEM_SPEC };
    expect(await post('/mcp/instances', instance)).toMatchObject({ status: 201, body: instance });
    // The image of that name speaks over its standard streams; the printed body does not say so, the status does.
    await quayside.settles(
      'fs-instance-1',
      ({ reason }) => reason.includes('"transport": "stdio"'),
      'told which transport to set',
      120_000,
    );
    const stdio = { json_spec: { transport: 'stdio' } };
    await quayside.api.ok('PATCH', '/mcp/instances/fs-instance-1', stdio);
    await quayside.reaches('fs-instance-1', 'running', 120_000);
    const inUse = await quayside.api.request('DELETE', `/mcp/servers/${server.body.id}`);
    expect(refusalOf(inUse)).toMatchObject({ status: 409, code: 'server_in_use' });
    await deleted('fs-instance-1');
    expect((await quayside.api.request('DELETE', `/mcp/servers/${server.body.id}`)).status).toBe(204);
  });

  it('a definition declares variables of every printed form', async () => {
    const env_schema = [
      ...[{ name: 'API_KEY', type: 'string', description: 'API key for external service' }].map((each) => ({
        ...each,
        ...{ required: true, secret: true, default: null },
      })),
      {
        ...{ name: 'MAX_CONNECTIONS', type: 'integer', description: 'Maximum number of connections' },
        ...{ required: false, secret: false, default: '10' },
      },
    ];
    const body = { name: 'declaring', docker_image_url: '', version: '1.0', tags: ['a'], env_schema };
    const more = { description: '', status: 'draft', is_public: true };
    expect(await post('/mcp/servers', { ...body, ...more })).toMatchObject({
      status: 201,
      body: { ...body, ...more },
    });
  });

  it('a reference stands in the specification, the secret in the store', async () => {
    const json_spec = {
      ...FILESYSTEM_SPEC,
      environment: { ...FILESYSTEM_SPEC.environment, API_KEY: 'secret_ref:instance_123:API_KEY' },
      command: ['python', '-m', 'mcp_filesystem'],
      resources: { memory_limit: '256m', cpu_limit: '0.5' },
      health_check: { path: '/health', interval: 30, timeout: 10 },
    };
    const body = { name: 'with-reference', json_spec };
    const without = await post('/mcp/instances', body);
    expect(refusalOf(without)).toMatchObject({ status: 422, code: 'secret_ref_unknown' });
    await quayside.api.ok('PUT', '/api/v1/secrets/instance_123/API_KEY', { value: 'actual_secret_value' });
    const { status, body: created } = await post('/mcp/instances', body);
    expect([status, created.json_spec]).toEqual([201, json_spec]);
    await deleted('with-reference');
  });

  it('the echo server runs, is called, and tells its way there', async () => {
    const created = await post('/mcp/instances', {
      name: 'echo-1',
      json_spec: { type: 'docker', image: 'agentarea/echo:latest', port: 8080, environment: {} },
    });
    expect(created).toMatchObject({ status: 201, body: { status: 'requested' } });
    await quayside.reaches('echo-1', 'running', 120_000);
    const answer = await post<{ content: unknown }>('/mcp/tools/call', {
      server_name: 'echo-1',
      tool_name: 'echo',
      arguments: { message: 'hello' },
    });
    expect(answer.body.content).toEqual([{ type: 'text', text: 'Echo: hello' }]);
    const { events } = await quayside.api.ok<{ events: { name: string; aliases: string[]; data: object }[] }>(
      'GET',
      '/mcp/instances/echo-1/events',
    );
    const told = events.reverse();
    expect(told[0]).toMatchObject({
      name: 'mcp.instance.create.requested',
      aliases: ['mcp.server.create.requested', 'MCPServerInstanceCreated'],
      data: { json_spec: { type: 'docker', image: 'agentarea/echo:latest', port: 8080 } },
    });
    expect(told.at(-1)?.name).toBe('mcp.instance.running');
    await deleted('echo-1');
  });

  it('the provisioner is asked in its own words', async () => {
    const { templates } = await quayside.api.ok<{ templates: { name: string }[] }>('GET', '/templates');
    expect(templates.map(({ name }) => name)).toContain('echo');
    const service = { service_name: 'my-service', template: 'echo' };
    expect(await post('/containers', service)).toMatchObject({
      status: 201,
      body: {
        service_name: 'my-service',
        status: 'requested',
        url: expect.stringContaining('my-service') as string,
      },
    });
    await quayside.reaches('my-service', 'running', 120_000);
    expect(await quayside.api.ok('GET', '/containers/my-service')).toMatchObject({
      service_name: 'my-service',
      status: 'running',
      container_id: expect.stringMatching(/\w/) as string,
    });
    const { instances } = await quayside.api.ok<{ instances: InstanceBody[] }>('GET', '/mcp/instances');
    expect(instances.map(({ name }) => name)).toContain('my-service');
    expect((await quayside.api.request('DELETE', '/containers/my-service')).status).toBe(202);
    await quayside.vanishes('my-service', 120_000);
  });

  it('a remote server is added with its OAuth client, listed, called, and counted', async () => {
    const added = await post<{ instance_id: string }>('/mcp/servers', {
      name: 'my_server',
      url: 'https://api.example.com/mcp',
      oauth2_client_id: 'client_id',
      oauth2_client_secret: 'client_secret',
      oauth2_token_url: 'https://auth.example.com/oauth/token',
      oauth2_scopes: ['read:tools'],
      timeout: 30,
    });
    expect(added).toMatchObject({ status: 201, body: { name: 'my_server', type: 'url', timeout: 30 } });
    const { json_spec: spec } = await quayside.api.ok<InstanceBody>('GET', '/mcp/instances/my_server');
    const secret = `secret_ref:${added.body.instance_id}:OAUTH2_CLIENT_SECRET`;
    expect(spec['authentication']).toMatchObject({ client_id: 'client_id', client_secret: secret });
    // There is no such host: everything says so, nothing breaks.
    await quayside.reaches('my_server', 'failed', 120_000);
    await eventually(async () => {
      expect(await quayside.api.ok('GET', '/mcp/tools?server_name=my_server')).toMatchObject({
        tools: [],
        degraded: [{ server_name: 'my_server' }],
      });
    });
    const call = { server_name: 'my_server', tool_name: 'database_query' };
    const query = { query: 'SELECT * FROM users', limit: 10 };
    const refused = await quayside.api.request('POST', '/mcp/tools/call', { ...call, arguments: query });
    expect(refusalOf(refused)).toMatchObject({ status: 503, code: 'server_not_running' });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    const { servers, summary } = await quayside.api.ok<{ servers: object[]; summary: object }>(
      'GET',
      '/mcp/servers/status',
    );
    expect(servers).toContainEqual(
      expect.objectContaining({ name: 'my_server', type: 'url', healthy: false }),
    );
    expect(summary).toMatchObject({ running: 0, failed: 1 });
    await deleted('my_server');
  });

  it('a remote server on this machine runs as soon as it is there', async () => {
    const external = {
      name: 'external-mcp',
      description: 'External MCP service',
      docker_image_url: '',
      env_schema: [],
    };
    const { body: server } = await post<{ id: string }>('/mcp/servers', external);
    const endpoint = `http://localhost:${String(PRINTED_PORT)}/mcp`;
    const bodies = [
      { type: 'url', endpoint, health_check: { path: '/health', interval: 30 } },
      { type: 'url', endpoint, health_check: '/health', timeout: 30 },
    ].map((json_spec, at) => ({
      name: `external-instance-${String(at + 1)}`,
      server_spec_id: server.id,
      json_spec,
    }));
    const program = new EchoProgram();
    await program.start();
    try {
      for (const body of bodies) expect((await post('/mcp/instances', body)).status).toBe(201);
      for (const { name } of bodies) {
        await quayside.reaches(name, 'running', 120_000);
        expect(await quayside.api.call(name, 'reverse', { message: 'abc' })).toBe('cba');
        await deleted(name);
      }
    } finally {
      await program.stop();
    }
  });
});

/** The echo server of the product as somebody else's program, where the documents say that it is. */
class EchoProgram {
  private child: ChildProcess | undefined;

  async start(): Promise<void> {
    const program = join(DIST, 'src', 'bundled', 'echo.js');
    this.child = spawn(process.execPath, [program, '--http', String(PRINTED_PORT), '--host', '127.0.0.1'], {
      stdio: 'ignore',
    });
    await eventually(async () => {
      const { ok } = await fetch(`http://127.0.0.1:${String(PRINTED_PORT)}/health`);
      expect(ok).toBe(true);
    });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}
