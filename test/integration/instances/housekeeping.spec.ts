import { randomUUID } from 'node:crypto';
import { PROVISIONING_COMMANDS, type ReconcileInstanceV1 } from '@app/contracts';
import { MaintenanceConsumer } from '../../../src/instances';
import { ControlPlane } from '../control-plane';

const INSTANCES = '/api/v1/mcp/instances';

describe('housekeeping', () => {
  let plane: ControlPlane;
  let maintenance: MaintenanceConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    maintenance = await plane.worker(MaintenanceConsumer);
  }, 180_000);

  afterAll(() => plane.stop());

  it('asks for a look at every live instance, however many there are', async () => {
    await plane.db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation, deleted_at)
       SELECT gen_random_uuid(), 'swept-' || n, '{"type": "stdio", "command": "echo"}', 'running', 1,
              CASE WHEN n > 1100 THEN now() END FROM generate_series(1, 1101) AS n`,
    );
    await maintenance.handle({ v: 1, task: 'sweep-instances' });
    const sent = plane.queued.filter(({ queue }) => queue === PROVISIONING_COMMANDS);
    const looks = sent.flatMap(({ data }) => {
      const { others = [], ...first } = data as ReconcileInstanceV1;
      return [first, ...others];
    });
    expect(looks).toHaveLength(1_100);
    expect(new Set(looks.map(({ instance_id: id }) => id)).size).toBe(1_100);
    expect(looks[1]).toMatchObject({ generation: 1, seen_sequence: 0 });
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ dedupe }) => dedupe?.id)).size).toBe(3);
    expect(sent.every(({ dedupe }) => (dedupe?.ttlMs ?? 0) > 0)).toBe(true);
  });

  it('forgets what is old and keeps what is not', async () => {
    const { body } = await plane.request<{ id: string }>('POST', INSTANCES, {
      name: 'kept',
      template: 'echo',
    });
    const old = randomUUID();
    await plane.db.execute(
      `INSERT INTO inbox (consumer, message_id, processed_at) VALUES ('c', 'old', now() - interval '4 days'), ('c', 'new', now())`,
    );
    await plane.db.execute(
      `INSERT INTO operation (id, kind, resource_type, resource_id, resource_name, generation, status, finished_at)
       VALUES ($1, 'create', 'instances', $1, 'x', 1, 'succeeded', now() - interval '8 days')`,
      [old],
    );
    await plane.db.execute(
      `INSERT INTO idempotency_key (principal, route, key, body_digest, claim_token, claimed_until, expires_at)
       VALUES ('p', 'r', 'k', '', $1, now(), now() - interval '1 hour')`,
      [old],
    );
    const events = await plane.db.execute(
      `UPDATE domain_event SET occurred_at = now() - interval '91 days', sequence = nextval('domain_event_sequence') WHERE aggregate_id = $1`,
      [body.id],
    );
    await plane.db.execute(
      `DELETE FROM outbox WHERE event_id IN (SELECT id FROM domain_event WHERE aggregate_id = $1)`,
      [body.id],
    );
    await maintenance.handle({ v: 1, task: 'retention' });

    const count = async (sql: string, ...params: unknown[]) =>
      (await plane.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, params))[0]?.n;
    expect(events).toBe(1);
    expect(await count(`inbox WHERE consumer = 'c'`)).toBe(1);
    expect(await count(`operation WHERE id = $1`, old)).toBe(0);
    expect(await count(`idempotency_key`)).toBe(0);
    expect(await count(`domain_event WHERE aggregate_id = $1`, body.id)).toBe(0);
    expect(await count(`audit WHERE resource_id = $1`, body.id)).toBe(1);
    expect(await count(`operation WHERE resource_id = $1`, body.id)).toBe(1);
  });

  it('never forgets an event that is not published yet', async () => {
    const { body } = await plane.request<{ id: string }>('POST', INSTANCES, {
      name: 'unpublished',
      template: 'echo',
    });
    await plane.db.execute(
      `UPDATE domain_event SET occurred_at = now() - interval '1 year' WHERE aggregate_id = $1`,
      [body.id],
    );
    await maintenance.handle({ v: 1, task: 'retention' });
    expect(
      await plane.db.query(`SELECT name FROM domain_event WHERE aggregate_id = $1`, [body.id]),
    ).toHaveLength(1);
  });
});

describe('lists of instances', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await plane.db.execute(
      `INSERT INTO instances (id, name, description, json_spec, desired_state, generation)
       SELECT gen_random_uuid(), 'listed-' || lpad(n::text, 3, '0'), CASE WHEN n % 10 = 0 THEN '100% odd_' ELSE '' END,
              jsonb_build_object('type', CASE WHEN n % 2 = 0 THEN 'url' ELSE 'stdio' END), 'running', 1
         FROM generate_series(1, 50) AS n`,
    );
  }, 180_000);

  afterAll(() => plane.stop());

  interface Page {
    readonly instances: readonly { readonly name: string }[];
    readonly next_cursor: string | null;
    readonly total?: number;
  }

  it.each(['-created_at', 'created_at', 'name', '-name'])(
    'are walked completely in the order %s, also of equal ages',
    async (sort) => {
      const names: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const { status, body } = await plane.request<Page>(
          'GET',
          `${INSTANCES}?limit=7&sort=${sort}${query}`,
        );
        expect(status).toBe(200);
        names.push(...body.instances.map(({ name }) => name));
        cursor = body.next_cursor;
      }
      expect(names).toHaveLength(50);
      expect(new Set(names).size).toBe(50);
      if (sort === 'name') expect(names).toEqual([...names].sort());
    },
  );

  it('are filtered, and take signs of patterns as what they are', async () => {
    const count = async (query: string) =>
      (await plane.request<Page>('GET', `${INSTANCES}?limit=200&${query}`)).body.instances.length;
    expect(await count('type=url')).toBe(25);
    expect(await count('q=listed-00')).toBe(9);
    expect(await count(`q=${encodeURIComponent('100% odd_')}`)).toBe(5);
    expect(await count(`q=${encodeURIComponent('%')}`)).toBe(5);
    expect(await count('status=requested,running')).toBe(50);
    expect(await count('status=failed')).toBe(0);
  });

  it('are read from any place, and say how many there are to whoever asks', async () => {
    const numbers = async (query: string) => {
      const { body } = await plane.request<Page>('GET', `${INSTANCES}?type=url&sort=name&limit=3${query}`);
      return { ...body, names: body.instances.map(({ name }) => name) };
    };
    const middle = await numbers('&skip=10&count=true');
    expect([middle.names, middle.total]).toEqual([['listed-022', 'listed-024', 'listed-026'], 25]);
    const behind = await numbers(`&cursor=${encodeURIComponent(middle.next_cursor ?? '')}`);
    expect([behind.names[0], behind.total]).toEqual(['listed-028', undefined]);
    const end = await numbers('&skip=24');
    expect([end.names, end.next_cursor]).toEqual([['listed-050'], null]);
    expect((await numbers('&skip=25')).names).toEqual([]);
  });

  it('refuse unknown filters, wrong values and forged cursors', async () => {
    for (const query of [
      'colour=red',
      'status=purple',
      'sort=password',
      'limit=1000',
      'skip=-1',
      'cursor=forged',
    ])
      expect((await plane.request('GET', `${INSTANCES}?${query}`)).status).toBe(400);
    const { body } = await plane.request<Page>('GET', `${INSTANCES}?limit=5&type=url`);
    const moved = await plane.request(
      'GET',
      `${INSTANCES}?limit=5&type=stdio&cursor=${encodeURIComponent(body.next_cursor ?? '')}`,
    );
    expect(moved.body).toMatchObject({ code: 'invalid_cursor' });
  });

  it('E5: of a thousand show each that stays once, while a hundred come and fifty go', async () => {
    const insert = (name: string, ageS: number) =>
      plane.db.execute(
        `INSERT INTO instances (id, name, json_spec, desired_state, generation, created_at)
         VALUES (gen_random_uuid(), $1, '{"type": "url"}', 'running', 1, now() - $2 * interval '1 s')`,
        [name, ageS],
      );
    await plane.db.execute(
      `INSERT INTO instances (id, name, json_spec, desired_state, generation, created_at)
       SELECT gen_random_uuid(), CASE WHEN n % 20 = 0 THEN 'walk-goes-' ELSE 'walk-stays-' END || n, '{"type": "url"}', 'running', 1,
              now() - n * interval '1 s'
         FROM generate_series(1, 1000) AS n`,
    );
    const names: string[] = [];
    let cursor = '';
    for (let page = 1; page === 1 || cursor !== ''; page += 1) {
      const { body } = await plane.request<Page>('GET', `${INSTANCES}?limit=7&q=walk-${cursor}`);
      names.push(...body.instances.map(({ name }) => name));
      cursor = body.next_cursor === null ? '' : `&cursor=${encodeURIComponent(body.next_cursor)}`;
      // Before the place that was reached, and behind it.
      if (page <= 100) await insert(`walk-comes-${String(page)}`, page * 10);
      if (page <= 50)
        await plane.db.execute(`DELETE FROM instances WHERE name = $1`, [`walk-goes-${String(page * 20)}`]);
    }
    expect(names.filter((name) => name.startsWith('walk-stays-'))).toHaveLength(950);
    expect(new Set(names).size).toBe(names.length);
  });
});
