import { ControlPlane } from '../control-plane';

interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly json_spec: { readonly environment?: Record<string, string>; readonly [key: string]: unknown };
  readonly operation_id: string;
  readonly undeclared_environment: readonly string[];
}
interface ProblemBody {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
}

const INSTANCES = '/api/v1/mcp/instances';

describe('creating instances', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
  }, 180_000);

  afterAll(() => plane.stop());

  const docker = (more: object = {}) => ({
    type: 'docker',
    image: 'mcp/filesystem:latest',
    port: 8001,
    ...more,
  });

  it('answers 201 with the resource and stores row, event, outbox and audit together', async () => {
    const { status, body, headers } = await plane.request<InstanceBody>('POST', INSTANCES, {
      name: 'fs-instance-1',
      json_spec: docker({ environment: { MAX_FILE_SIZE: '5MB' } }),
    });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`${INSTANCES}/${body.id}`);
    expect(body).toMatchObject({
      name: 'fs-instance-1',
      status: 'requested',
      desired_state: 'running',
      generation: 1,
      undeclared_environment: ['MAX_FILE_SIZE'],
      endpoint: '/servers/fs-instance-1/mcp',
    });
    const rows = await plane.db.query(
      `SELECT e.name, e.aliases, e.data -> 'json_spec' ->> 'image' AS image, a.actor
         FROM domain_event e JOIN outbox o ON o.event_id = e.id JOIN audit a ON a.event_id = e.id WHERE e.aggregate_id = $1`,
      [body.id],
    );
    expect(rows).toEqual([
      {
        name: 'mcp.instance.create.requested',
        aliases: ['mcp.server.create.requested', 'MCPServerInstanceCreated'],
        image: 'mcp/filesystem:latest',
        actor: 'key:tester',
      },
    ]);
    const operation = await plane.request('GET', `/api/v1/operations/${body.operation_id}`);
    expect(operation.body).toMatchObject({ kind: 'create', status: 'pending', resource: { id: body.id } });
  });

  it('shows by name and by id what it answered', async () => {
    const created = await plane.request<InstanceBody>('POST', INSTANCES, { name: 'same', template: 'echo' });
    for (const key of ['same', created.body.id]) {
      const { operation_id: _operation, ...expected } = created.body;
      expect((await plane.request('GET', `${INSTANCES}/${key}`)).body).toEqual(expected);
    }
  });

  it('answers the older create request with success, config_id and message', async () => {
    const request = {
      agent_id: 'agent-1',
      service_name: 'my-fastapi-server',
      template: 'fastapi',
      environment: { DATABASE_URL: 'sqlite:///app.db' },
      replicas: 1,
    };
    const { status, body } = await plane.request<InstanceBody>('POST', '/mcp/instances', request);
    expect(status).toBe(201);
    expect(body).toMatchObject({ success: true, config_id: body.id, agent_id: 'agent-1' });
    expect(body.json_spec).toMatchObject({ image: 'quayside/fastapi:latest', port: 8000 });
  });

  it('moves secrets to the store before anything is written', async () => {
    const canary = 'canary-8f14e45f-literal';
    const { status, body } = await plane.request<InstanceBody>('POST', INSTANCES, {
      name: 'keyed',
      template: 'needs-key',
      environment: { API_KEY: canary },
    });
    expect(status).toBe(201);
    expect(body.json_spec.environment).toEqual({ API_KEY: `secret_ref:${body.id}:API_KEY` });
    const url = await plane.request<InstanceBody>('POST', INSTANCES, {
      name: 'bearer',
      json_spec: {
        type: 'url',
        endpoint: 'https://api.example.com/mcp',
        authentication: { type: 'bearer', token: canary },
        headers: [
          { key: 'User-Agent', value: 'Gateway/1.0' },
          { key: 'X-Api-Key', value: canary },
        ],
      },
    });
    expect(url.body.json_spec).toMatchObject({
      authentication: { token: `secret_ref:${url.body.id}:AUTH_TOKEN` },
      headers: [{ value: 'Gateway/1.0' }, { value: `secret_ref:${url.body.id}:HEADER_1_X_API_KEY` }],
    });
    for (const table of ['instances', 'domain_event', 'audit', 'operation', 'server_definition'])
      expect(JSON.stringify(await plane.db.query(`SELECT * FROM ${table}`))).not.toContain(canary);
    const environment = await plane.request('GET', `${INSTANCES}/keyed/environment`);
    expect(environment.body['variables']).toEqual([
      expect.objectContaining({ name: 'API_KEY', secret: true, set: true, required: true }),
    ]);
    expect(environment.text).not.toContain(canary);
  });

  it.each<[string, object, number, string, string]>([
    ['an unknown template', { template: 'nope' }, 422, 'template_unknown', '/template'],
    [
      'a missing required variable',
      { template: 'needs-key' },
      422,
      'instance_env_missing',
      '/environment/API_KEY',
    ],
    [
      'an undeclared variable of a bundled server',
      { template: 'echo', environment: { NODE_OPTIONS: '--inspect' } },
      422,
      'instance_spec_invalid',
      '/environment/NODE_OPTIONS',
    ],
    ['no specification at all', {}, 422, 'instance_spec_invalid', '/json_spec/type'],
    [
      'memory that is no size',
      { json_spec: docker({ resources: { memory_limit: '256x' } }) },
      422,
      'instance_spec_invalid',
      '/json_spec/resources/memory_limit',
    ],
    [
      'negative cores',
      { json_spec: docker({ resources: { cpu_limit: '-1' } }) },
      422,
      'instance_spec_invalid',
      '/json_spec/resources/cpu_limit',
    ],
    [
      'a port above the last',
      { json_spec: docker({ port: 70_000 }) },
      422,
      'instance_spec_invalid',
      '/json_spec/port',
    ],
    [
      'an option as image',
      { json_spec: docker({ image: '--privileged' }) },
      422,
      'instance_spec_invalid',
      '/json_spec/image',
    ],
    [
      'an option as program',
      { json_spec: docker({ command: ['--privileged'] }) },
      422,
      'instance_spec_invalid',
      '/json_spec/command',
    ],
    [
      'a program that is not bundled',
      { json_spec: { type: 'stdio', command: 'sh' } },
      422,
      'instance_spec_invalid',
      '/json_spec/command',
    ],
    [
      'arguments that are options',
      { json_spec: { type: 'stdio', command: 'echo', args: ['-e'] } },
      422,
      'instance_spec_invalid',
      '/json_spec/args/0',
    ],
    [
      'a field that nobody knows',
      { json_spec: docker({ privileged: true }) },
      400,
      'instance_spec_unknown_field',
      '/json_spec/privileged',
    ],
    [
      'a reference that leads nowhere',
      { json_spec: docker({ environment: { A: 'secret_ref:shared:NOPE' } }) },
      422,
      'secret_ref_unknown',
      '/json_spec/environment/A',
    ],
    [
      'a metadata address',
      { json_spec: { type: 'url', endpoint: 'http://169.254.169.254/latest' } },
      422,
      'instance_spec_invalid',
      '/json_spec/endpoint',
    ],
    [
      'a private address',
      { json_spec: { type: 'url', endpoint: 'https://10.0.0.1/mcp' } },
      422,
      'instance_spec_invalid',
      '/json_spec/endpoint',
    ],
    [
      'a type that nobody knows',
      { json_spec: { type: 'vm' } },
      422,
      'instance_spec_invalid',
      '/json_spec/type',
    ],
    [
      'a path that leaves',
      { json_spec: docker({ mcp_path: '/../x' }) },
      422,
      'instance_spec_invalid',
      '/json_spec/mcp_path',
    ],
    [
      'a field that the server owns',
      { template: 'echo', status: 'running' },
      400,
      'unknown_field',
      '/status',
    ],
  ])('refuses %s', async (_case, request, status, code, pointer) => {
    const answer = await plane.request<ProblemBody>('POST', INSTANCES, { name: 'refused', ...request });
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
    expect(answer.body.errors?.map((each) => each.pointer)).toContain(pointer);
    expect((await plane.request('GET', `${INSTANCES}/refused`)).status).toBe(404);
  });

  it('tells all faults at once', async () => {
    const { body } = await plane.request<ProblemBody>('POST', INSTANCES, {
      name: 'many',
      json_spec: docker({ port: 0, resources: { memory_limit: '1k', cpu_limit: '0' } }),
    });
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/json_spec/port',
      '/json_spec/resources/cpu_limit',
      '/json_spec/resources/memory_limit',
    ]);
  });

  it('changes nothing in a dry run', async () => {
    const { status, body } = await plane.request('POST', `${INSTANCES}?dry_run=true`, {
      name: 'dry',
      template: 'echo',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: true, name: 'dry' });
    expect((await plane.request('GET', `${INSTANCES}/dry`)).status).toBe(404);
    const taken = await plane.request<ProblemBody>('POST', `${INSTANCES}?dry_run=true`, {
      name: 'same',
      template: 'echo',
    });
    expect(taken.body.code).toBe('instance_name_taken');
  });

  it('lets only administrators name variables of the process, and others only use secrets with permission', async () => {
    const spec = docker({ environment: { A: 'secret_ref:env:HOME_GROWN' } });
    const developer = { authorization: 'Bearer instances:create,secrets:use' };
    const refused = await plane.request<ProblemBody>(
      'POST',
      INSTANCES,
      { name: 'env', json_spec: spec },
      developer,
    );
    expect([refused.status, refused.body.code]).toEqual([403, 'secret_use_forbidden']);
    await plane.request('PUT', '/api/v1/secrets/shared/TOKEN', { value: 'a-shared-token' });
    const shared = {
      name: 'shared-user',
      json_spec: docker({ environment: { A: 'secret_ref:shared:TOKEN' } }),
    };
    const plain = { authorization: 'Bearer instances:create' };
    expect((await plane.request('POST', INSTANCES, shared, plain)).status).toBe(403);
    expect((await plane.request('POST', INSTANCES, shared, developer)).status).toBe(201);
  });
});
