import { ControlPlane, type Answer } from '../control-plane';

interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly operation_id: string;
}
interface BulkBody {
  readonly results: readonly { readonly id?: string; readonly status: string }[];
}

const INSTANCES = '/api/v1/mcp/instances';

/** What is left of a first try whose command committed and whose answer did not arrive. */
const LOSSES = {
  'its process died': `claimed_until = now() - interval '1 s'`,
  'the commit was not confirmed': `claimed_until = '-infinity'`,
} as const;

describe('a create whose answer was lost', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start({ maxInstances: 20 });
  }, 180_000);

  afterAll(() => plane.stop());

  const create = (key: string, name: string): Promise<Answer<InstanceBody>> =>
    plane.request('POST', INSTANCES, { name, template: 'echo' }, { 'idempotency-key': key });

  const lose = (key: string, how: string): Promise<number> =>
    plane.db.execute(`UPDATE idempotency_key SET response = NULL, ${how} WHERE key = $1`, [key]);

  const requestsOf = (name: string): Promise<object[]> =>
    plane.db.query(
      `SELECT FROM domain_event WHERE name = 'mcp.instance.create.requested' AND data ->> 'name' = $1`,
      [name],
    );

  it.each(Object.entries(LOSSES))('is answered as the first time, because %s', async (loss, how) => {
    const name = loss.replaceAll(' ', '-');
    const first = await create(loss.length.toString(), name);
    await lose(loss.length.toString(), how);
    const again = await create(loss.length.toString(), name);

    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(await requestsOf(name)).toHaveLength(1);
    expect((await create(loss.length.toString(), name)).headers['idempotency-replayed']).toBe('true');
  });

  it('is found again in a bulk request, where the second of one name is still refused', async () => {
    const operations = ['bulk-a', 'bulk-b', 'bulk-a'].map((name) => ({
      op: 'create',
      instance: { name, template: 'echo' },
    }));
    const bulk = (): Promise<Answer<BulkBody>> =>
      plane.request('POST', `${INSTANCES}/bulk`, { operations }, { 'idempotency-key': 'bulk' });
    const first = await bulk();
    await lose('bulk', LOSSES['its process died']);
    const again = await bulk();

    const ids = first.body.results.map(({ id }) => id);
    expect(ids.map((id) => id !== undefined)).toEqual([true, true, false]);
    expect(again.body.results.map(({ id }) => id)).toEqual(ids);
    expect(await requestsOf('bulk-a')).toHaveLength(1);
  });

  it('is another request with another key, or after its day', async () => {
    await create('once', 'only-one');
    const { status } = await create('other', 'only-one');
    await plane.db.execute(
      `UPDATE idempotency_key SET expires_at = now() - interval '1 s' WHERE key = 'once'`,
    );
    expect([status, (await create('once', 'only-one')).status]).toEqual([409, 409]);
  });

  it('is found again where it took the last place', async () => {
    const [row] = await plane.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM instances WHERE deleted_at IS NULL',
    );
    for (let place = row?.count ?? 0; place < 19; place += 1) await create(`p${place}`, `place-${place}`);
    const last = await create('last', 'the-last');
    await lose('last', LOSSES['its process died']);
    const again = await create('last', 'the-last');
    expect([last.status, again.status, again.body.id]).toEqual([201, 201, last.body.id]);
    expect((await create('too-many', 'too-many')).status).toBeGreaterThanOrEqual(400);
  });
});
