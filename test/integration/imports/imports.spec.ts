import { ImportsApiModule } from '../../../src/imports';
import { StatusConsumer } from '../../../src/instances';
import { ControlPlane } from '../control-plane';
import { report } from '../instances/report';
import { IMPORT_SAMPLES } from './samples';

interface Import {
  readonly plan_id: string;
  readonly status: string;
  readonly detected_format: string;
  readonly items: readonly {
    readonly name: string;
    readonly action: string;
    readonly refused: boolean;
    readonly secrets: readonly string[];
    readonly warnings: readonly string[];
  }[];
  readonly results: readonly {
    readonly name: string;
    readonly status: string;
    readonly failure?: { code: string };
  }[];
  readonly code?: string;
}

const IMPORTS = '/api/v1/imports';
const CANARY = 'canary-4f1c0b7e9d2a4c6f8e0b';
const CONFIG = JSON.stringify({
  mcpServers: {
    github: {
      command: 'docker',
      args: ['run', '-i', '--rm', 'example/github:1'],
      env: { GITHUB_TOKEN: CANARY },
    },
    docs: { url: 'https://docs.example.com/mcp', headers: { Authorization: `Bearer ${CANARY}` } },
    bad: { command: 'docker', args: ['run', '-v', '/:/host', 'example/bad:1'] },
  },
});

describe('E24: imports', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ contexts: [ImportsApiModule] });
  }, 180_000);
  afterAll(() => plane.stop());

  const plan = async (content: string, caller = 'admin') =>
    plane.request<Import>('POST', IMPORTS, { content }, { authorization: `Bearer ${caller}` });
  const commit = (id: string, body: object = {}) =>
    plane.request<Import>('POST', `${IMPORTS}/${id}/commit`, body);
  const undo = (id: string, waitS = 1) =>
    plane.request<Import>('DELETE', `${IMPORTS}/${id}?wait=${String(waitS)}`);
  const catalogue = async (): Promise<string> => {
    const rows = await plane.db.query<object>(
      `SELECT name, description, docker_image_url, version, tags, status, env_schema, defaults FROM server_definition ORDER BY id`,
    );
    return JSON.stringify(rows);
  };
  const instanceNames = async (): Promise<string[]> => {
    const { body } = await plane.request<{ instances: { name: string }[] }>(
      'GET',
      '/api/v1/mcp/instances?sort=name',
    );
    return body.instances.map(({ name }) => name);
  };
  /** What the provisioner would say once the containers are gone. */
  const reportGone = async (): Promise<void> => {
    const worker = await plane.worker(StatusConsumer);
    const rows = await plane.db.query<{ id: string; generation: number }>(
      `SELECT id, generation FROM instances WHERE desired_state = 'deleted' AND deleted_at IS NULL`,
    );
    for (const [at, { id, generation }] of rows.entries())
      await worker.handle(report(id, generation, 9_000 + at, 'deleted'));
  };

  it('plans, commits, plans again as all skipped, and takes back exactly what it made', async () => {
    const before = await catalogue();
    const { status, body: planned } = await plan(CONFIG);
    expect([status, planned.status, planned.detected_format]).toEqual([201, 'planned', 'client_config']);
    expect(planned.items.map(({ name, action, secrets }) => [name, action, secrets])).toEqual([
      ['github', 'create', ['GITHUB_TOKEN']],
      ['docs', 'create', ['Authorization']],
      ['bad', 'skip', []],
    ]);
    expect([await catalogue(), await instanceNames()]).toEqual([before, []]);

    const { body: committed } = await commit(planned.plan_id);
    expect(committed.results.map(({ name, status }) => [name, status])).toEqual([
      ['github', 'created'],
      ['docs', 'created'],
      ['bad', 'skipped'],
    ]);
    expect(await instanceNames()).toEqual(['docs', 'github']);
    expect((await commit(planned.plan_id)).body.code).toBe('import_not_planned');
    expect((await plan(CONFIG)).body.items.map(({ action }) => action)).toEqual(['skip', 'skip', 'skip']);

    const first = await undo(planned.plan_id);
    expect(first.body.results.map(({ status }) => status)).toEqual(['going', 'going']);
    await reportGone();
    const second = await undo(planned.plan_id);
    expect([second.body.status, second.body.results.map(({ status }) => status)]).toEqual([
      'undone',
      ['undone', 'undone'],
    ]);
    expect([await catalogue(), await instanceNames()]).toEqual([before, []]);
  });

  async function expectLabels(name: string, labels: object): Promise<void> {
    const { body } = await plane.request('GET', `/api/v1/mcp/instances/${name}`);
    expect(body).toMatchObject({ labels });
  }

  it.each(IMPORT_SAMPLES)(
    'takes %s over, knows it again, and leaves nothing behind',
    async (format, content) => {
      const before = await catalogue();
      const { body: planned } = await plan(content.replaceAll('CANARY', CANARY));
      expect([planned.detected_format, planned.items.map(({ action }) => action)]).toEqual([
        format,
        planned.items.map(() => 'create'),
      ]);
      const { body: committed } = await commit(planned.plan_id);
      expect(committed.results.filter(({ status }) => status !== 'created')).toEqual([]);
      expect(await catalogue()).not.toBe(before);
      if (format === 'own_export') await expectLabels('exported', { team: 'search' });
      const again = (await plan(content.replaceAll('CANARY', CANARY))).body.items;
      expect(again.map(({ action, refused }) => [action, refused])).toEqual(again.map(() => ['skip', false]));
      await undo(planned.plan_id, 0);
      await reportGone();
      expect((await undo(planned.plan_id, 0)).body.status).toBe('undone');
      expect([await catalogue(), await instanceNames()]).toEqual([before, []]);
    },
  );

  it('lets no literal secret reach the database', async () => {
    const tables = await plane.db.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const hits = await plane.db.query(`SELECT 1 FROM "${name}" AS t WHERE t::text LIKE $1 LIMIT 1`, [
        `%${CANARY}%`,
      ]);
      expect([name, hits]).toEqual([name, []]);
    }
  });

  it('takes the chosen items only, updates what differs, and gives the old version back', async () => {
    const line = 'docker run -i --rm --name tool example/tool:1';
    const both = await plan(`${line}\ndocker run -i --rm --name other example/other:1`);
    await commit(both.body.plan_id, { include: ['tool'] });
    expect(await instanceNames()).toEqual(['tool']);
    expect((await commit(both.body.plan_id, { include: ['nobody'] })).status).toBe(409);

    const before = await catalogue();
    const newer = await plan(line.replace(':1', ':2'));
    expect(newer.body.items[0]?.action).toBe('update');
    await commit(newer.body.plan_id);
    expect(await catalogue()).toContain('example/tool:2');
    expect((await undo(newer.body.plan_id)).body.status).toBe('undone');
    expect(await catalogue()).toBe(before);
  });

  it('keeps what somebody changed since', async () => {
    const planned = await plan('https://changed.example.com/mcp');
    await commit(planned.body.plan_id);
    await plane.request('PATCH', '/api/v1/mcp/servers/example', { description: 'Mine now.' });
    await undo(planned.body.plan_id);
    await reportGone();
    const undone = await undo(planned.body.plan_id);
    expect(undone.body.results).toEqual([
      {
        name: 'example',
        status: 'kept',
        failure: expect.objectContaining({ code: 'stale_version' }) as unknown,
      },
    ]);
  });

  it('starts what ships with us as it is, and goes around names that are built in', async () => {
    const bundled = await plan('npx -y @modelcontextprotocol/server-everything');
    // This plane has no such server: the trial says what a create would say.
    expect(bundled.body.items[0]).toMatchObject({ name: 'everything', action: 'skip', refused: true });
    const named = await plan(
      JSON.stringify({ mcpServers: { echo: { url: 'https://echo.example.com/mcp' } } }),
    );
    expect(named.body.items[0]).toMatchObject({ name: 'echo-2', action: 'create' });
  });

  it('gives nobody more than its single steps, and shows plans to their maker alone', async () => {
    const poor = await plan('mcp/poor', 'servers:create');
    expect(poor.body.items[0]).toMatchObject({ action: 'skip', refused: true });
    const mine = await plan('mcp/mine');
    const other = await plane.request<Import>('GET', `${IMPORTS}/${mine.body.plan_id}`, undefined, {
      authorization: 'Bearer admin@other',
    });
    expect([other.status, other.body.code]).toEqual([404, 'import_not_found']);
    expect((await plan('Please install something nice.')).body.code).toBe('import_unreadable');
    const dropped = await undo(mine.body.plan_id);
    expect(dropped.body.status).toBe('undone');
    expect((await commit(mine.body.plan_id)).status).toBe(404);
  });
});
