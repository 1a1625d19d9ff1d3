import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation } from '../installation';
import { OUTBOUND_HOOK } from '../reader';
import { ROLES } from '../role-steps';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);

interface Step {
  /** As the document has it. */
  readonly op: string;
  /** For what stands in braces. */
  readonly id?: string;
  readonly query?: string;
  readonly body?: object;
}
interface Group {
  /** What the paths of its steps begin with. */
  readonly of: string;
  readonly steps: readonly Step[];
}
interface Served {
  readonly paths: Readonly<Record<string, object>>;
  readonly 'x-alias-of': readonly {
    readonly alias: string;
    readonly of: string;
    readonly sub_paths: boolean;
  }[];
}

const MCP = '/api/v1/mcp';
const WAIT = '?wait=60';
const READERS = { instances: ['everything'], tools: { allow: ['echo'] } };

/** Everything that can be written there, from its beginning to its end: the next form of the path finds nothing of it. */
const GROUPS: readonly Group[] = [
  {
    of: `${MCP}/servers`,
    steps: [
      { op: 'POST /servers', body: { name: 'twin', docker_image_url: 'example/twin:1', port: 8080 } },
      { op: 'PATCH /servers/{id}', id: 'twin', body: { description: 'Changed.' } },
      { op: 'DELETE /servers/{id}', id: 'twin' },
    ],
  },
  {
    of: `${MCP}/instances`,
    steps: [
      { op: 'POST /instances/check', body: { name: 'twin', template: 'echo' } },
      { op: 'POST /instances', query: WAIT, body: { name: 'twin', template: 'echo', labels: { of: 'two' } } },
      { op: 'PATCH /instances/{id}', id: 'twin', body: { description: 'Changed.' } },
      { op: 'PUT /instances/{id}/environment', id: 'twin', query: WAIT, body: {} },
      { op: 'POST /instances/{id}/stop', id: 'twin', query: WAIT },
      { op: 'POST /instances/{id}/start', id: 'twin', query: WAIT },
      { op: 'POST /instances/{id}/restart', id: 'twin', query: WAIT },
      { op: 'POST /instances/{id}/rollback', id: 'twin', query: WAIT, body: { generation: 1 } },
      { op: 'POST /instances/{id}/diagnose', id: 'twin' },
      { op: 'POST /instances/bulk', body: { operations: [{ op: 'stop', id: 'twin' }] } },
      { op: 'DELETE /instances/{id}', id: 'twin', query: WAIT },
    ],
  },
  {
    of: `${MCP}/containers`,
    steps: [
      { op: 'POST /containers', query: WAIT, body: { service_name: 'twin', template: 'echo' } },
      { op: 'DELETE /containers/{service}', id: 'twin', query: WAIT },
    ],
  },
  {
    of: `${MCP}/endpoints`,
    steps: [
      { op: 'POST /endpoints', body: { name: 'twin', ...READERS } },
      { op: 'PATCH /endpoints/{name}', id: 'twin', body: { description: 'Changed.' } },
      { op: 'DELETE /endpoints/{name}', id: 'twin' },
    ],
  },
  {
    of: `${MCP}/tools`,
    steps: [
      {
        op: 'POST /tools/call',
        body: { server_name: 'everything', tool_name: 'echo', arguments: { message: 'hi' } },
      },
      { op: 'PUT /tools/pins/{id}', id: 'everything', body: { enabled: true } },
      { op: 'PUT /tools/pins/{id}', id: 'everything', body: { enabled: false } },
    ],
  },
  {
    of: `${MCP}/resources`,
    steps: [
      {
        op: 'POST /resources/read',
        body: { server_name: 'everything', uri: 'demo://resource/static/document/architecture.md' },
      },
    ],
  },
  {
    of: `${MCP}/prompts`,
    steps: [
      {
        op: 'POST /prompts/get',
        body: { server_name: 'everything', prompt_name: 'args-prompt', arguments: { city: 'Oslo' } },
      },
    ],
  },
];

/** Needs a server that changed a tool behind our back; tool-pins.spec.ts. That both refuse it alike, bad-input shows. */
const NOT_HERE = ['POST /tools/pins/{id}/approve'];

const WRITES = ['post', 'put', 'patch', 'delete'];
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d+ ms\b/g;
/** What is known a moment after an instance runs, or differs with each look. */
const PASSING = /^(?:tools|era|latency_ms|last_checked_at|duration_ms|container|containers|container_id)$/;

/** An answer without ids, times and what only passes. */
const lasting = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body, (name, value: unknown) => (PASSING.test(name) ? '' : value))
      .replaceAll(ID, 'id')
      .replaceAll(TIME, 'time'),
  );

describe('the unversioned paths', () => {
  let quayside: Installation;
  let served: Served;
  const home = mkdtempSync(join(tmpdir(), 'quayside-aliases-'));
  const outbound = join(home, 'outbound.log');

  beforeAll(async () => {
    const env = { NODE_OPTIONS: `--require ${OUTBOUND_HOOK}`, QUAYSIDE_TEST_OUTBOUND: outbound };
    quayside = await Installation.start({ mode: 'roles', env });
    served = await quayside.api.ok<Served>('GET', '/openapi.json');
    await quayside.api.ok('POST', `${MCP}/instances${WAIT}`, { name: 'everything', template: 'everything' });
    await quayside.reaches('everything', 'running');
  });
  afterAll(async () => {
    await (quayside as Installation | undefined)?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const formsOf = (of: string): readonly string[] => [
    of,
    ...served['x-alias-of'].filter((one) => one.sub_paths && one.of === of).map(({ alias }) => alias),
  ];

  async function answersBelow(form: string, { of, steps }: Group): Promise<readonly unknown[]> {
    const answers: unknown[] = [];
    for (const { op, id = '', query = '', body } of steps) {
      const [method = '', path = ''] = op.split(' ');
      const rest = `${MCP}${path}`.slice(of.length).replace(/\{\w+\}/, id);
      const answer = await quayside.api.request(method, `${form}${rest}${query}`, body);
      const worked = answer.status < 300 ? '' : `${form}: ${JSON.stringify(answer.body)}`;
      const { headers } = answer;
      const about = [headers.get('content-type'), headers.get('etag') === null];
      answers.push([op, answer.status, worked, about, lasting(answer.body)]);
    }
    return answers;
  }

  it('E1: stand in the document that is committed, which an api apart from its gateway serves as a whole', () => {
    expect(served).toEqual(JSON.parse(readFileSync(join(__dirname, '../../../openapi.json'), 'utf8')));
  });

  it.each(GROUPS.map((group) => [group.of, group] as const))(
    'E31: answer what is written below %s as it does: created, changed, deleted',
    async (of, group) => {
      const [canonical = '', ...others] = formsOf(of);
      expect(others.length).toBeGreaterThan(0);
      const wanted = await answersBelow(canonical, group);
      expect(wanted.map((answer) => (answer as readonly unknown[])[2]).join('')).toBe('');
      for (const other of others) expect([other, await answersBelow(other, group)]).toEqual([other, wanted]);
    },
  );

  it('E31: are tried with everything that can be written there', () => {
    const aliases = served['x-alias-of'].filter(({ alias }) => !alias.startsWith('/api/'));
    const known = Object.entries(served.paths)
      .filter(([path]) => aliases.some(({ of }) => path === of || path.startsWith(`${of}/`)))
      .flatMap(([path, item]) =>
        Object.keys(item)
          .filter((method) => WRITES.includes(method))
          .map((method) => `${method.toUpperCase()} ${path.slice(MCP.length)}`),
      );
    const tried = GROUPS.flatMap(({ steps }) => steps.map(({ op }) => op));
    expect([...new Set([...tried, ...NOT_HERE])].sort()).toEqual(known.sort());
  });

  it('E32: make no process of roles apart ask for anything beyond the machine', async () => {
    const stages = [
      {
        name: 'called',
        tool: { server_name: 'everything', tool_name: 'echo', arguments: { message: 'hi' } },
      },
    ];
    await quayside.api.ok('POST', '/api/v1/pipelines', { name: 'calling', stages });
    const run = await quayside.api.ok('POST', `/api/v1/pipelines/calling/execute${WAIT}`, {});
    expect(run).toMatchObject({ status: 'completed' });

    // Each of them was watched: that the hook hears of what is asked, documents.e2e-spec.ts shows.
    const watched = readFileSync(`${outbound}.watched`, 'utf8').split('\n');
    for (const role of ROLES)
      expect([role, watched.includes(String(quayside.pid(role)))]).toEqual([role, true]);
    expect(existsSync(outbound) ? readFileSync(outbound, 'utf8') : '').toBe('');
  });
});
