import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually } from '@app/testing';
import { type Method, Served, type ServingRole } from '../routes/served';

interface Published {
  readonly server: { readonly name: string; readonly version: string; readonly remotes: readonly object[] };
  readonly _meta: { readonly quayside: { readonly public: boolean } };
}
interface PublishedPage {
  readonly servers: readonly Published[];
  readonly metadata: { readonly count: number; readonly nextCursor?: string };
}
interface Mirror {
  readonly mirror: { readonly status: string; readonly detail: string; readonly entries: number };
}

const V01 = '/v0.1/servers';
const REGISTRY = '/api/v1/registry';
const OFFICIAL = 'io.modelcontextprotocol.registry/official';
const SERVER = {
  version: '1.0.0',
  packages: [{ registryType: 'oci', identifier: 'example/weather:1', transport: { type: 'stdio' } }],
};
const OTHERS = [
  {
    server: {
      ...SERVER,
      name: 'io.github.example/weather',
      title: 'Weather\u202e',
      description: 'Weather of <b>today</b>.',
    },
  },
  {
    server: { ...SERVER, name: 'io.github.example/old', description: 'x' },
    _meta: { [OFFICIAL]: { isLatest: false } },
  },
  { server: { ...SERVER, name: '../../etc/passwd', description: 'x' } },
  { server: { ...SERVER, name: 'io.github.example/bomb', description: 'x'.repeat(100_000) } },
  'nothing',
];

/** Two pages; what it answers beside that is a test's. */
class OtherRegistry {
  answer: (page: number) => object = (page) =>
    page === 0
      ? { servers: OTHERS, metadata: { count: OTHERS.length, nextCursor: 'more' } }
      : {
          servers: [
            {
              server: {
                name: 'com.example/docs',
                description: 'Docs.',
                version: '2',
                remotes: [{ type: 'sse', url: 'https://d.example.com/sse' }],
              },
            },
          ],
        };
  private readonly server: Server = createServer((request, response) => {
    const page = request.url?.includes('cursor=more') === true ? 1 : 0;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(this.answer(page)));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }
}

describe('E25: the registry', () => {
  let served: Served;
  let url: string;
  const other = new OtherRegistry();

  beforeAll(async () => {
    served = await Served.start();
    url = await served.listen('api');
    const made = await ask('POST', '/api/v1/mcp/instances', { name: 'weather', template: 'everything' });
    await served.database.db.execute(
      `INSERT INTO instance_status (instance_id, generation, sequence, phase, reason, since, reported_at)
       VALUES ($1, 1, 1, 'running', 'It answers.', now(), now())`,
      [made['id']],
    );
    await ask('POST', '/api/v1/mcp/endpoints', { name: 'weather', instances: ['weather'] }, 'gateway');
  }, 180_000);
  afterAll(async () => {
    await (served as Served | undefined)?.stop();
    await other.stop();
  });

  async function ask(
    method: Method,
    path: string,
    body?: object,
    role: ServingRole = 'api',
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await served.request({ method, roles: [role] }, path, { key: served.key, body });
    expect([path, Math.floor(answer.status / 100), answer.body]).toEqual([path, 2, answer.body]);
    return answer.body;
  }
  const page = async (query = ''): Promise<PublishedPage> =>
    (await ask('GET', `${V01}${query}`)) as unknown as PublishedPage;
  const namesOf = ({ servers }: PublishedPage): readonly string[] => servers.map(({ server }) => server.name);
  /** Without a credential. */
  const stranger = (path: string, method = 'GET', headers = {}): Promise<Response> =>
    fetch(`${url}${path}`, { method, headers });
  const access = (value: string): Promise<unknown> =>
    ask('PUT', '/api/v1/settings/registry_access', { value });

  it('lists what runs to whoever may see it: pages, searches, and knows the latest version', async () => {
    const [endpoint, instance] = ['localhost/endpoint.weather', 'localhost/weather'];
    const all = await page('?version=latest');
    expect(namesOf(all)).toEqual([endpoint, instance]);
    expect(all.servers[1]).toMatchObject({
      server: {
        version: '1.1.0',
        remotes: [
          {
            url: 'http://127.0.0.1:8080/servers/weather/mcp',
            headers: [{ name: 'Authorization', isRequired: true, isSecret: true }],
          },
        ],
      },
      _meta: { [OFFICIAL]: { isLatest: true }, quayside: { public: false } },
    });
    const first = await page('?limit=1');
    expect(namesOf(first)).toEqual([endpoint]);
    const { nextCursor = '' } = first.metadata;
    const second = await page(`?limit=1&cursor=${encodeURIComponent(nextCursor)}`);
    expect([namesOf(second), second.metadata]).toEqual([[instance], { count: 1 }]);
    expect(namesOf(await page('?search=ENDPOINT.'))).toEqual([endpoint]);
    expect(namesOf(await page('?updated_since=2999-01-01T00:00:00Z'))).toEqual([]);
    const at = `${V01}/${encodeURIComponent(instance)}/versions`;
    expect(await ask('GET', at)).toEqual({ servers: [all.servers[1]], metadata: { count: 1 } });
    for (const version of ['latest', '1.1.0'])
      expect(await ask('GET', `${at}/${version}`)).toEqual(all.servers[1]);
    const gone = await served.request({ method: 'GET', roles: ['api'] }, `${at}/9.9.9`, { key: served.key });
    expect([gone.status, gone.body['code']]).toEqual([404, 'registry_version_unknown']);
  });

  it('is closed to everybody else, and to pages of others, until an administrator opens it', async () => {
    const origin = { origin: 'https://vscode.dev' };
    expect((await stranger(V01)).status).toBe(401);
    expect((await stranger(V01, 'OPTIONS', origin)).headers.get('access-control-allow-origin')).toBeNull();
    expect((await stranger(V01, 'GET', origin)).status).toBe(403);

    await access('public');
    await eventually(
      async () => {
        expect(await (await stranger(V01)).json()).toEqual({ servers: [], metadata: { count: 0 } });
      },
      { deadlineMs: 60_000 },
    );
    await ask('PUT', `${REGISTRY}/published/instances/weather`);
    const answer = await stranger(V01, 'GET', origin);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(namesOf((await answer.json()) as PublishedPage)).toEqual(['localhost/weather']);
    const preflight = await stranger(`${V01}/a%2Fb/versions/latest`, 'OPTIONS', origin);
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, OPTIONS',
    ]);
    expect((await stranger(V01, 'GET', { authorization: 'Bearer wrong' })).status).toBe(401);
    for (const path of ['/api/v1/mcp/servers', REGISTRY, '/api/v1/mcp/instances'])
      expect([path, (await stranger(path)).status]).toEqual([path, 401]);
    expect((await stranger(REGISTRY, 'GET', origin)).status).toBe(403);
    const { relaxations } = (await ask('GET', '/health')) as { readonly relaxations?: readonly string[] };
    expect(relaxations).toContainEqual(expect.stringContaining('registry_access is public'));

    await ask('DELETE', `${REGISTRY}/published/instances/weather`);
    expect(await (await stranger(V01)).json()).toEqual({ servers: [], metadata: { count: 0 } });
    await access('off');
    await eventually(
      async () => {
        expect((await stranger(V01)).status).toBe(401);
      },
      { deadlineMs: 60_000 },
    );
    const off = await served.request({ method: 'GET', roles: ['api'] }, V01, { key: served.key });
    expect([off.status, off.body['code']]).toEqual([404, 'registry_off']);
  });

  it('copies another one, and shows the copy while that is away', async () => {
    const at = await other.start();
    await ask('PUT', '/api/v1/settings/registry_url', { value: at });
    const settled = (status: string): Promise<Mirror['mirror']> =>
      eventually(
        async () => {
          const { mirror } = (await ask('GET', REGISTRY)) as unknown as Mirror;
          expect(mirror.status).toBe(status);
          return mirror;
        },
        { deadlineMs: 60_000 },
      );
    await ask('POST', `${REGISTRY}/refresh`);
    expect(await settled('succeeded')).toMatchObject({
      entries: 2,
      detail: '2 servers were read, 3 entries left out.',
    });
    const listed = async (query: string): Promise<unknown> =>
      ((await ask('GET', `${REGISTRY}/entries${query}`))['entries'] as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await listed('')).toEqual(['com.example/docs', 'io.github.example/weather']);
    expect(await listed('?q=TODAY')).toEqual(['io.github.example/weather']);
    expect(await listed('?kind=remote')).toEqual(['com.example/docs']);

    const entry = await ask('GET', `${REGISTRY}/entries/io.github.example%2Fweather`);
    expect(entry).toMatchObject({
      title: 'Weather',
      description: 'Weather of <b>today</b>.',
      kinds: ['oci'],
    });
    const plan = await ask('POST', '/api/v1/imports', { content: JSON.stringify(entry['server']) });
    expect(plan).toMatchObject({
      detected_format: 'server_json',
      items: [{ name: 'weather', action: 'create' }],
    });
    await ask('POST', `/api/v1/imports/${String(plan['plan_id'])}/commit`, {});
    expect(await ask('GET', '/api/v1/mcp/servers/weather/server.json')).toEqual(entry['server']);

    // A circle, and then nobody: what was copied stays.
    other.answer = () => ({ servers: [], metadata: { nextCursor: 'more' } });
    await served.database.db.execute(`UPDATE registry_mirror SET finished_at = now() - interval '1 hour'`);
    await ask('POST', `${REGISTRY}/refresh`);
    expect((await settled('failed')).detail).toBe('Not read: its pages go round in a circle.');
    expect(await listed('')).toHaveLength(2);
  });
});
