import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { DriftRows } from '../../../src/limits/persistence/drift-rows';
import { ControlPlane } from '../control-plane';

const INSTANCES = '/api/v1/mcp/instances';
const QUOTA = `/api/v1/quotas/workspace/${DEFAULT_WORKSPACE_ID}`;
const USAGE = '/api/v1/usage';
const MIB = 1_048_576;

interface Use {
  readonly resource: string;
  readonly used: number;
  readonly limit: number | null;
}
interface Refusal {
  readonly code: string;
  readonly resource: string;
  readonly scope: string;
  readonly used: number;
  readonly limit: number;
  readonly reset: string | null;
}

describe('quotas of instances', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
  }, 180_000);
  afterAll(() => plane.stop());

  const limit = async (limits: Record<string, number | null>): Promise<void> => {
    expect((await plane.request('PUT', QUOTA, { limits })).status).toBe(200);
  };
  const create = (name: string, more: object = {}) =>
    plane.request<Refusal>('POST', INSTANCES, { name, template: 'echo', ...more });
  /** As a client does that was asked to come again: a slow machine has no connection for each of a hundred at once. */
  const createInTheEnd = async (name: string) => {
    let answer = await create(name);
    while (answer.status === 503) answer = await create(name);
    return answer;
  };
  const ask = (verb: string, name: string) => plane.request<Refusal>('POST', `${INSTANCES}/${name}/${verb}`);
  const used = async (resource: string): Promise<number | undefined> => {
    const { body } = await plane.request<{ resources: readonly Use[] }>('GET', USAGE);
    return body.resources.find((each) => each.resource === resource)?.used;
  };
  const expectNoDrift = async (): Promise<void> => {
    const rows = new DriftRows(plane.db);
    expect([await rows.drift(), await rows.orphans()]).toEqual([[], []]);
  };

  it('let exactly fifty of a hundred parallel creations through where fifty are allowed', async () => {
    await limit({ instances: 50 });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => createInTheEnd(`many-${at}`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
      new Set(['429 quota_exceeded']),
    );
    expect(refused[0]?.body).toMatchObject({
      ...{ resource: 'instances', scope: 'workspace', used: 50, limit: 50, reset: null },
    });
    expect(refused[0]?.headers['retry-after']).toBeDefined();
    const [counted] = await plane.db.query<{ there: number }>(
      `SELECT count(*)::int AS there FROM instances WHERE deleted_at IS NULL`,
    );
    expect(counted?.there).toBe(50);
    expect(await used('instances')).toBe(50);
    await expectNoDrift();
  }, 180_000);

  it('free what is deleted, and count bulk requests item by item', async () => {
    const { body } = await plane.request<{ instances: readonly { name: string }[] }>(
      ...(['GET', `${INSTANCES}?limit=60`] as const),
    );
    const operations = body.instances.map(({ name }) => ({ op: 'delete', id: name }));
    const answer = await plane.request('POST', `${INSTANCES}/bulk`, { operations });
    expect(Math.floor(answer.status / 100)).toBe(2);
    expect(await used('instances')).toBe(0);
    expect(await used('memory_bytes')).toBe(0);
    await limit({ instances: 2 });
    const creations = ['a', 'b', 'c'].map((name) => ({
      ...{ op: 'create', instance: { name: `bulk-${name}`, template: 'echo' } },
    }));
    const bulk = await plane.request('POST', `${INSTANCES}/bulk`, { operations: creations });
    expect(bulk.text.match(/"quota_exceeded"/g)).toHaveLength(1);
    expect(await used('instances')).toBe(2);
    await expectNoDrift();
  }, 180_000);

  it('count memory and processors of what is wanted running, through every change', async () => {
    await limit({ memory_bytes: 1_000 * MIB });
    const before = (await used('memory_bytes')) ?? 0;
    const spec = (memory: string) => ({
      json_spec: {
        type: 'docker',
        image: 'example/any:1',
        resources: { memory_limit: memory, cpu_limit: '2' },
      },
    });
    const made = await plane.request('POST', INSTANCES, { name: 'sized', ...spec('200m') });
    expect(made.status).toBe(201);
    expect(await used('memory_bytes')).toBe(before + 200 * MIB);

    const grown = await plane.request<Refusal>('PATCH', `${INSTANCES}/sized`, spec('2g'));
    expect([grown.status, grown.body.code, grown.body.resource]).toEqual([
      ...[429, 'quota_exceeded', 'memory_bytes'],
    ]);
    expect((await plane.request('PATCH', `${INSTANCES}/sized`, spec('300m'))).status).toBeLessThan(300);
    expect(await used('memory_bytes')).toBe(before + 300 * MIB);

    expect((await ask('stop', 'sized')).status).toBeLessThan(300);
    expect(await used('memory_bytes')).toBe(before);
    await limit({ memory_bytes: before + 100 * MIB });
    expect((await ask('start', 'sized')).body).toMatchObject({ code: 'quota_exceeded' });
    await limit({ memory_bytes: null });
    expect((await ask('start', 'sized')).status).toBeLessThan(300);
    expect((await plane.request('DELETE', `${INSTANCES}/sized`)).status).toBeLessThan(300);
    expect(await used('memory_bytes')).toBe(before);
    await expectNoDrift();
  });

  it('are not touched by what is only tried', async () => {
    await limit({});
    const before = await used('instances');
    const tried = await plane.request('POST', `${INSTANCES}?dry_run=true`, {
      name: 'tried',
      template: 'echo',
    });
    expect(tried.status).toBeLessThan(300);
    expect(await used('instances')).toBe(before);
  });

  it('are changed by whoever saw what is there, and by nobody with what is none', async () => {
    const { headers } = await plane.request('GET', QUOTA);
    const etag = String(headers['etag']);
    const put = (limits: unknown, match = etag) =>
      plane.request<{ code: string; errors?: readonly { pointer: string }[] }>(
        ...(['PUT', QUOTA, { limits }, { 'if-match': match }] as const),
      );
    expect((await put({ instances: 9 })).status).toBe(200);
    expect((await put({ instances: 10 })).body.code).toBe('stale_version');
    expect((await put({ instances: -1 }, '*')).body).toMatchObject({
      ...{ code: 'validation_failed', errors: [{ pointer: '/limits/instances' }] },
    });
    expect((await put({ pigeons: 1 }, '*')).body.errors?.[0]?.pointer).toBe('/limits/pigeons');
    expect((await plane.request('GET', '/api/v1/quotas')).body).toMatchObject({
      quotas: [{ scope: 'workspace', limits: { instances: 9 } }],
    });
    expect((await plane.request('DELETE', QUOTA)).status).toBe(204);
    expect((await plane.request('GET', '/api/v1/quotas')).body).toEqual({ quotas: [] });
    expect((await plane.request('GET', '/api/v1/quotas/key/nobody')).status).toBe(404);
  });

  it('E7: leave settings to those who name the version they change', async () => {
    const url = '/api/v1/settings/quota_workspace_defaults';
    const value = { instances: 3 };
    expect((await plane.request('PUT', url, { value })).status).toBe(428);
    const { headers } = await plane.request('GET', url);
    const changed = await plane.request('PUT', url, { value }, { 'if-match': String(headers['etag']) });
    expect(changed.body).toMatchObject({ value, is_set: true });
    const { body } = await plane.request<{ resources: readonly Use[] }>('GET', QUOTA);
    expect(body.resources.find(({ resource }) => resource === 'instances')?.limit).toBe(3);
    expect((await plane.request('DELETE', url)).body).toMatchObject({ is_set: false });
  });
});
