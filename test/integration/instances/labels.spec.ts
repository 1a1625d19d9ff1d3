import { type QueryRunner } from 'typeorm';
import { ControlPlane } from '../control-plane';
import { LabelInstances20261101002988 } from '../../../src/migrations/20261101002988-label-instances';

const INSTANCES = '/api/v1/mcp/instances';
const JSON_SPEC = { type: 'docker', image: 'example/server:1', transport: 'stdio' };
const COUNT = 10_000;

interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly updated_at: string;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
}
interface Page {
  readonly instances: readonly InstanceBody[];
  readonly next_cursor: string | null;
  readonly total?: number;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

describe('labels of instances', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
  }, 180_000);
  afterAll(() => plane.stop());

  const create = (name: string, labels: unknown, query = '') =>
    plane.request<InstanceBody>('POST', `${INSTANCES}${query}`, { name, json_spec: JSON_SPEC, labels });
  const patch = (name: string, body: object, headers: Record<string, string> = {}) =>
    plane.request<InstanceBody>('PATCH', `${INSTANCES}/${name}`, body, headers);
  const read = async (name: string): Promise<InstanceBody> =>
    (await plane.request<InstanceBody>('GET', `${INSTANCES}/${name}`)).body;
  const list = (query: string) => plane.request<Page>('GET', `${INSTANCES}?sort=name&${query}`);
  const namesOf = async (query: string): Promise<readonly string[]> =>
    (await list(query)).body.instances.map(({ name }) => name);
  const pointersOf = ({ errors = [] }: InstanceBody): readonly string[] =>
    errors.map(({ pointer }) => pointer);

  it('are given when it is made, alone or among many, and are in every answer', async () => {
    const labels = { team: 'search', 'example.com/cost-centre': '4711: north', note: '' };
    const { status, body } = await create('labelled', labels);
    expect([status, body.labels]).toEqual([201, labels]);
    expect((await read('labelled')).labels).toEqual(labels);
    expect((await list('label=team')).body.instances.map((one) => one.labels)).toEqual([labels]);

    const none = await plane.request<InstanceBody>('POST', INSTANCES, { name: 'bare', template: 'echo' });
    expect([none.status, none.body.labels]).toEqual([201, {}]);
    const instance = { name: 'of-many', template: 'echo', labels: { team: 'many' } };
    await plane.request('POST', `${INSTANCES}/bulk`, { operations: [{ op: 'create', instance }] });
    expect((await read('of-many')).labels).toEqual({ team: 'many' });

    const [event] = await plane.db.query<{ data: object }>(
      `SELECT data FROM domain_event WHERE aggregate_id = $1 AND name = 'mcp.instance.create.requested'`,
      [body.id],
    );
    expect(event?.data).toMatchObject({ labels });
  });

  it('change as a merge patch says, without a new generation, and only for who knows the last version', async () => {
    const { body: made } = await create('changed', { team: 'search', env: 'staging' });
    const { headers } = await plane.request('GET', `${INSTANCES}/changed`);
    const tag = String(headers['etag']);
    const { status, body } = await patch(
      'changed',
      { labels: { env: null, tier: '2' } },
      { 'if-match': tag },
    );
    expect([status, body.labels, body.generation]).toEqual([200, { team: 'search', tier: '2' }, 1]);
    expect(body.updated_at > made.updated_at).toBe(true);
    const stale = await patch('changed', { labels: { tier: '3' } }, { 'if-match': tag });
    expect([stale.status, stale.body.code]).toEqual([412, 'stale_version']);
    // Said again, and a change of something else: they stay.
    expect((await patch('changed', { labels: { tier: '2' } })).body.updated_at).toBe(body.updated_at);
    expect((await patch('changed', { description: 'Words.' })).body.labels).toEqual(body.labels);
    expect((await patch('changed', { labels: null })).body).toMatchObject({ labels: {}, generation: 1 });
  });

  it('are refused with the place of each fault, together with other faults', async () => {
    const bad = {
      ...{ Team: 'x', '-a': 'x', 'a/': 'x', ['k'.repeat(64)]: 'x' },
      ...{ 'deep/number': 7, lines: 'a\nb', long: 'v'.repeat(64), turned: 'a\u202Eb', good: 'v'.repeat(63) },
    };
    const expected = ['Team', '-a', 'a~1', 'k'.repeat(64), 'deep~1number', 'lines', 'long', 'turned'];
    const { status, body } = await create('refused', bad);
    expect([status, body.code]).toEqual([422, 'instance_spec_invalid']);
    expect(pointersOf(body)).toEqual(expected.map((key) => `/labels/${key}`));

    const both = await plane.request<InstanceBody>('POST', INSTANCES, {
      ...{ name: 'Not A Name', labels: { Team: 'x' } },
      json_spec: { ...JSON_SPEC, port: -1 },
    });
    expect(pointersOf(both.body)).toEqual(['/name', '/json_spec/port', '/labels/Team']);
    expect(pointersOf((await create('refused', ['a'])).body)).toEqual(['/labels']);

    const instance = { name: 'refused', template: 'echo', labels: { Team: 'x' } };
    const bulk = await plane.request<{ results: readonly { problem: InstanceBody }[] }>(
      'POST',
      `${INSTANCES}/bulk`,
      { operations: [{ op: 'create', instance }] },
    );
    expect(bulk.body.results.map(({ problem }) => pointersOf(problem))).toEqual([['/instance/labels/Team']]);
    expect((await plane.request('GET', `${INSTANCES}/refused`)).status).toBe(404);
  });

  it('are sixteen at most, also after a change', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${String(at)}`, '']));
    expect(pointersOf((await create('many', many(17))).body)).toEqual(['/labels']);
    expect((await create('many', many(16))).status).toBe(201);
    const more = await patch('many', { labels: { more: 'x' }, json_spec: { port: -1 } });
    expect([more.status, pointersOf(more.body)]).toEqual([422, ['/json_spec/port', '/labels']]);
    expect(pointersOf((await patch('many', { labels: { Team: 'x', k0: null } })).body)).toEqual([
      '/labels/Team',
    ]);
    const turned = await patch('many', { labels: { k0: null, more: 'x' } });
    expect([turned.status, Object.keys(turned.body.labels).length]).toEqual([200, 16]);
  });

  it('change nothing in a trial', async () => {
    const dry = await create('trial', { team: 'x' }, '?dry_run=true');
    expect([dry.status, dry.body.labels]).toEqual([200, { team: 'x' }]);
    await create('for-trial', { team: 'x' });
    const tried = await plane.request<InstanceBody>('PATCH', `${INSTANCES}/for-trial?dry_run=true`, {
      labels: { team: 'y' },
    });
    expect(tried.body.labels).toEqual({ team: 'y' });
    expect((await read('for-trial')).labels).toEqual({ team: 'x' });
  });

  describe('in lists', () => {
    beforeAll(async () => {
      await plane.db.execute(
        `INSERT INTO instances (id, name, json_spec, desired_state, generation, labels)
         SELECT gen_random_uuid(), 'bulk-' || lpad(n::text, 5, '0'), '{"type": "url"}', 'running', 1,
                CASE WHEN n % 100 = 0 THEN jsonb_build_object('ring', (n / 100)::text, 'half', (n / 100 % 2)::text)
                     WHEN n <= 3 THEN jsonb_build_object('few', n || ':x,y') ELSE '{}' END
           FROM generate_series(1, ${String(COUNT)}) AS n`,
      );
      await plane.db.execute('ANALYZE instances');
    });

    it('pick by pair, by key, and by all of several', async () => {
      expect(await namesOf('label=ring:7')).toEqual(['bulk-00700']);
      expect(await namesOf('label=few')).toEqual(['bulk-00001', 'bulk-00002', 'bulk-00003']);
      expect(await namesOf(`label=${encodeURIComponent('few:2:x,y')}`)).toEqual(['bulk-00002']);
      expect(await namesOf('label=half:1&label=ring:8')).toEqual([]);
      expect(await namesOf('label=half:0&label=ring:8&label=ring&q=bulk&type=url')).toEqual(['bulk-00800']);
      // One label has one value.
      expect(await namesOf('label=ring:7&label=ring:8')).toEqual([]);
      expect(await namesOf('label=few:')).toEqual([]);
      expect(await namesOf('label=note:')).toEqual(['labelled']);
    });

    it('are walked completely, and counted, under a filter', async () => {
      const filter = 'label=half:1&label=ring';
      const names: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const { status, body } = await list(`limit=7&count=true&${filter}${query}`);
        expect([status, body.total]).toEqual([200, 50]);
        names.push(...body.instances.map(({ name }) => name));
        cursor = body.next_cursor;
      }
      expect([names.length, new Set(names).size]).toEqual([50, 50]);
      const { body, headers } = await list(`limit=7&${filter}`);
      expect(headers['link']).toContain('label=half%3A1&label=ring');
      const other = await list(`limit=7&label=half:0&cursor=${encodeURIComponent(body.next_cursor ?? '')}`);
      expect([other.status, other.body.code]).toEqual([400, 'invalid_cursor']);
    });

    it('refuse what no label can look like, and more than five', async () => {
      const six = Array.from({ length: 6 }, (_, at) => `label=k${String(at)}`).join('&');
      for (const query of [
        'label=',
        'label=:x',
        'label=Team:x',
        'label=a%0Ab',
        `label=a:${'v'.repeat(64)}`,
        six,
      ]) {
        const { status, body } = await list(query);
        expect([query, status, body.code]).toEqual([query, 400, 'invalid_query']);
        expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['/query/label']);
      }
      expect((await list('labels=a')).status).toBe(400);
    });

    it('find them by an index', async () => {
      for (const condition of [`labels @> '{"ring": "7"}'`, `labels ?& '{few}'`]) {
        const plan = await plane.db.query<object>(
          `EXPLAIN SELECT id FROM instance_view WHERE ${condition} ORDER BY created_at LIMIT 50`,
        );
        expect(JSON.stringify(plan)).toContain('instances_by_label');
      }
    });
  });

  it('can be taken back by its migration, and come again to instances of before', async () => {
    const runner = { query: (sql: string) => plane.db.query(sql) } as unknown as QueryRunner;
    const migration = new LabelInstances20261101002988();
    await migration.down(runner);
    const columns = `SELECT 1 FROM information_schema.columns WHERE column_name = 'labels' AND table_name IN ('instances', 'instance_view')`;
    expect(await plane.db.query(columns)).toEqual([]);
    expect(await plane.db.query(`SELECT name FROM instance_view WHERE name = 'labelled'`)).toHaveLength(1);
    await migration.up(runner);
    expect(await plane.db.query(columns)).toHaveLength(2);
    expect((await read('labelled')).labels).toEqual({});
  });
});
