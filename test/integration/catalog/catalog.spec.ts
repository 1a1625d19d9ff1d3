import { CatalogOptions, seedBuiltIns } from '../../../src/catalog';
import { EventAppender } from '@app/outbox';
import { StatusConsumer } from '../../../src/instances';
import { report } from '../instances/report';
import { ControlPlane } from '../control-plane';

interface ServerBody {
  readonly id: string;
  readonly name: string;
  readonly instance_id?: string;
}
interface ProblemBody {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

const SERVERS = '/api/v1/mcp/servers';

describe('the catalogue', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ localMode: true });
  }, 180_000);

  afterAll(() => plane.stop());

  it('offers the built-in templates, once', async () => {
    const { body } = await plane.request<{ templates: { name: string; transport: string; image: string }[] }>(
      'GET',
      '/templates',
    );
    expect(body.templates).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'echo', transport: 'stdio', image: '' }),
        expect.objectContaining({ name: 'fastapi', image: 'quayside/fastapi:latest', port: 8000 }),
      ]),
    );
    const events = plane.app.get(EventAppender);
    expect(await seedBuiltIns(plane.db, events, plane.app.get(CatalogOptions))).toBe(0);
    await plane.request('DELETE', `${SERVERS}/fastapi`);
    expect(await seedBuiltIns(plane.db, events, plane.app.get(CatalogOptions))).toBe(0);
  });

  it('registers a hosted server as printed', async () => {
    const server = {
      name: 'filesystem-mcp',
      description: 'Filesystem access MCP server',
      docker_image_url: 'mcp/filesystem:latest',
      env_schema: [
        { name: 'ALLOWED_DIRECTORIES', type: 'string', required: true },
        {
          name: 'MAX_CONNECTIONS',
          type: 'integer',
          description: 'Connections',
          required: false,
          secret: false,
          default: '10',
        },
        { name: 'API_KEY', type: 'string', description: 'Key', required: false, secret: true, default: null },
      ],
      port: 8001,
    };
    const { status, body, headers } = await plane.request<ServerBody>('POST', '/mcp/servers', server);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...server,
      status: 'published',
      type: 'docker',
      is_public: false,
      version: '',
      tags: [],
    });
    expect(headers['location']).toBe(`${SERVERS}/${body.id}`);
    const instance = await plane.request<{ json_spec: object; server_spec_id: string }>(
      'POST',
      '/mcp/instances',
      {
        name: 'fs-instance-1',
        server_spec_id: body.id,
        json_spec: { type: 'docker', environment: { ALLOWED_DIRECTORIES: '/tmp,/var/tmp' } },
      },
    );
    expect(instance.body).toMatchObject({
      server_spec_id: body.id,
      json_spec: {
        image: 'mcp/filesystem:latest',
        port: 8001,
        environment: { ALLOWED_DIRECTORIES: '/tmp,/var/tmp', MAX_CONNECTIONS: '10' },
      },
    });
    const wrong = {
      name: 'fs-2',
      template: 'filesystem-mcp',
      environment: { ALLOWED_DIRECTORIES: '/', MAX_CONNECTIONS: 'many' },
    };
    const refused = await plane.request<ProblemBody>('POST', '/mcp/instances', wrong);
    expect(refused.body.errors?.map(({ pointer }) => pointer)).toEqual(['/environment/MAX_CONNECTIONS']);
  });

  it('takes no patterns for variables: nobody can make it match for minutes', async () => {
    const { status, body } = await plane.request<ProblemBody>('POST', SERVERS, {
      name: 'patterned',
      docker_image_url: 'mcp/filesystem:latest',
      env_schema: [{ name: 'WORD', type: 'string', pattern: '^(a+)+$' }],
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/env_schema/0/pattern' })]);
    expect((await plane.request('GET', `${SERVERS}/patterned`)).status).toBe(404);
  });

  it('accepts a definition without an image', async () => {
    const { status } = await plane.request('POST', SERVERS, {
      name: 'external-mcp',
      description: 'External',
      docker_image_url: '',
      env_schema: [],
    });
    expect(status).toBe(201);
    const instance = await plane.request('POST', '/mcp/instances', {
      name: 'external-instance-1',
      server_spec_id: 'external-mcp',
      json_spec: { type: 'url', endpoint: 'http://localhost:3333/mcp', health_check: '/health', timeout: 30 },
    });
    expect(instance.body).toMatchObject({ json_spec: { health_check: { path: '/health' } } });
  });

  it('registers a remote server with its instance, and keeps its secrets to itself', async () => {
    const { status, body, text } = await plane.request<ServerBody>('POST', '/mcp/servers', {
      name: 'my_server',
      url: 'https://api.example.com/mcp',
      oauth2_client_id: 'client_id',
      oauth2_client_secret: 'client_secret-literal',
      oauth2_token_url: 'https://auth.example.com/oauth/token',
      oauth2_scopes: ['read:tools'],
      timeout: 30,
      headers: [{ key: 'User-Agent', value: 'Gateway/1.0' }],
    });
    expect(status).toBe(201);
    expect(text).not.toContain('client_secret-literal');
    const instance = await plane.request('GET', '/mcp/instances/my_server');
    expect(instance.body).toMatchObject({
      id: body.instance_id,
      server_spec_id: body.id,
      json_spec: {
        type: 'url',
        timeout: 30,
        authentication: {
          type: 'oauth2_client_credentials',
          client_id: 'client_id',
          client_secret: `secret_ref:${String(body.instance_id)}:OAUTH2_CLIENT_SECRET`,
        },
      },
    });
    const bundled = await plane.request<ServerBody>('POST', SERVERS, {
      name: 'by-stdio',
      url: 'stdio://echo',
    });
    expect((await plane.request('GET', '/mcp/instances/by-stdio')).body).toMatchObject({
      id: bundled.body.instance_id,
      json_spec: { type: 'stdio', command: 'echo' },
    });
  });

  it('leaves nothing behind when one half of a remote server is refused', async () => {
    const refused = await plane.request<ProblemBody>('POST', SERVERS, {
      name: 'half',
      url: 'http://169.254.169.254/',
    });
    expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([422, '/url']);
    expect((await plane.request('GET', `${SERVERS}/half`)).status).toBe(404);
    await plane.request('POST', '/mcp/instances', { name: 'occupied', template: 'echo' });
    const taken = await plane.request<ProblemBody>('POST', SERVERS, {
      name: 'occupied',
      url: 'https://api.example.com/mcp',
    });
    expect(taken.body.code).toBe('instance_name_taken');
    expect((await plane.request('GET', `${SERVERS}/occupied`)).status).toBe(404);
  });

  it.each<[string, object, string]>([
    [
      'a secret with a default',
      { env_schema: [{ name: 'KEY', type: 'string', secret: true, default: 'x' }] },
      '/env_schema/0/default',
    ],
    [
      'a default of another type',
      { env_schema: [{ name: 'N', type: 'integer', default: 'ten' }] },
      '/env_schema/0/default',
    ],
    [
      'a variable declared twice',
      {
        env_schema: [
          { name: 'N', type: 'string' },
          { name: 'N', type: 'string' },
        ],
      },
      '/env_schema/1/name',
    ],
    ['an option as image', { docker_image_url: '--privileged' }, '/docker_image_url'],
    ['a mixture of shapes', { docker_image_url: 'a/b', url: 'https://x.example' }, '/docker_image_url'],
  ])('refuses %s', async (_case, more, pointer) => {
    const { status, body } = await plane.request<ProblemBody>('POST', SERVERS, { name: 'refused', ...more });
    expect([status, body.code]).toEqual([422, 'server_invalid']);
    expect(body.errors?.map((each) => each.pointer)).toEqual([pointer]);
  });

  it('changes what was sent, under If-Match', async () => {
    await plane.request('POST', SERVERS, {
      name: 'patched',
      docker_image_url: 'a/b:1',
      port: 1,
      tags: ['x'],
    });
    const read = await plane.request('GET', `${SERVERS}/patched`);
    const tag = { 'if-match': String(read.headers['etag']) };
    const patch = { docker_image_url: 'a/b:2', port: null, status: 'archived' };
    const changed = await plane.request('PATCH', `${SERVERS}/patched`, patch, tag);
    expect(changed.body).toMatchObject({ docker_image_url: 'a/b:2', tags: ['x'], status: 'archived' });
    expect(changed.body['port']).toBeUndefined();
    expect((await plane.request('PATCH', `${SERVERS}/patched`, patch, tag)).status).toBe(412);
    const names = await plane.db.query<{ name: string }>(
      `SELECT name FROM domain_event WHERE aggregate_id = $1 ORDER BY occurred_at`,
      [String(read.body['id'])],
    );
    expect(names.map(({ name }) => name)).toEqual(['mcp.server.registered', 'mcp.server.archived']);
    const archived = await plane.request<ProblemBody>('POST', '/mcp/instances', {
      name: 'late',
      template: 'patched',
    });
    expect(archived.body.code).toBe('template_unknown');
  });

  it('deletes a definition only when no live instance uses it', async () => {
    const consumer = await plane.worker(StatusConsumer);
    await plane.request('POST', SERVERS, { name: 'in-use', docker_image_url: 'a/b' });
    const { body } = await plane.request<{ id: string }>('POST', '/mcp/instances', {
      name: 'user',
      template: 'in-use',
    });
    expect((await plane.request<ProblemBody>('DELETE', `${SERVERS}/in-use`)).body.code).toBe('server_in_use');
    await plane.request('DELETE', '/mcp/instances/user');
    await consumer.handle(report(body.id, 2, 1, 'deleted'));
    expect((await plane.request('DELETE', `${SERVERS}/in-use`)).status).toBe(204);
    expect((await plane.request('GET', `${SERVERS}/in-use`)).status).toBe(404);
  });

  it('lists by page, tag, type and words', async () => {
    const { body } = await plane.request<{ servers: ServerBody[]; next_cursor: string | null }>(
      'GET',
      `${SERVERS}?limit=2`,
    );
    expect(body.servers).toHaveLength(2);
    const second = await plane.request<{ servers: ServerBody[] }>(
      'GET',
      `${SERVERS}?limit=2&cursor=${encodeURIComponent(body.next_cursor ?? '')}`,
    );
    expect(second.body.servers.map(({ id }) => id)).not.toEqual(body.servers.map(({ id }) => id));
    const names = async (query: string) =>
      (
        await plane.request<{ servers: ServerBody[] }>('GET', `${SERVERS}?limit=200&${query}`)
      ).body.servers.map(({ name }) => name);
    expect(await names('tag=bundled')).toEqual(expect.arrayContaining(['echo', 'needs-key']));
    expect(await names('type=url')).toEqual(expect.arrayContaining(['my_server', 'external-mcp']));
    expect(await names('q=FILESYSTEM')).toEqual(['filesystem-mcp']);
  });
});
