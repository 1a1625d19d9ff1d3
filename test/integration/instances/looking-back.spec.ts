import { randomUUID } from 'node:crypto';
import { eventually } from '@app/testing';
import { ControlPlane } from '../control-plane';
import { StatusConsumer } from '../../../src/instances';
import { report } from './report';

const INSTANCES = '/api/v1/mcp/instances';
const DOCKER = { type: 'docker', image: 'example/server:1', transport: 'stdio' };

interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly code?: string;
  readonly json_spec: { readonly image?: string; readonly environment?: Record<string, string> };
}
interface GenerationsBody {
  readonly next_cursor: string | null;
  readonly generations: readonly {
    readonly generation: number;
    readonly cause: string;
    readonly current: boolean;
    readonly json_spec: InstanceBody['json_spec'];
  }[];
}
interface Activity {
  readonly activity: readonly {
    readonly id: string;
    readonly calls_per_minute: number;
    readonly error_rate: number | null;
    readonly p95_ms: number | null;
    readonly restarts: number;
    readonly usage: readonly { readonly cpu_percent: number; readonly memory_bytes: number }[];
  }[];
}
interface MetricsBody {
  readonly points: readonly {
    readonly calls: number;
    readonly failed: number;
    readonly p95_ms: number | null;
  }[];
  readonly tools: readonly object[];
  readonly phases: readonly { readonly phase: string }[];
  readonly from: string;
  readonly complete_from: string;
}

describe('looking back at an instance', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    consumer = await plane.worker(StatusConsumer);
  }, 180_000);
  afterAll(() => plane.stop());

  const create = async (json_spec: object = DOCKER): Promise<InstanceBody> => {
    const name = `i-${randomUUID().slice(0, 8)}`;
    const { status, body } = await plane.request<InstanceBody>('POST', INSTANCES, { name, json_spec });
    expect(status).toBe(201);
    return body;
  };
  const patch = async (id: string, body: object): Promise<void> => {
    expect((await plane.request('PATCH', `${INSTANCES}/${id}`, body)).status).toBeLessThan(300);
  };
  const generations = async (id: string, query = ''): Promise<GenerationsBody> =>
    (await plane.request<GenerationsBody>('GET', `${INSTANCES}/${id}/generations${query}`)).body;
  const rollBack = (id: string, generation: number, query = '', caller = 'admin') =>
    plane.request<InstanceBody>(
      'POST',
      `${INSTANCES}/${id}/rollback${query}`,
      { generation },
      { authorization: `Bearer ${caller}` },
    );
  const call = (id: string, outcome: string, durationMs: number): Promise<unknown> =>
    plane.db.execute(
      `INSERT INTO mcp_call (at, id, actor, face, method, target, instance_id, server_name, outcome, duration_ms)
       VALUES (now() - interval '1 second', gen_random_uuid(), 'key:tester', 'rest', 'tools/call', 'echo', $1, 'any', $2, $3)`,
      [id, outcome, durationMs],
    );

  it('shows each specification once, newest first, and from page to page', async () => {
    const { id } = await create();
    await patch(id, { json_spec: { image: 'example/server:2' } });
    await patch(id, { description: 'Words are no generation.' });
    await plane.request('POST', `${INSTANCES}/${id}/restart`);

    const all = await generations(id);
    expect(all.generations.map(({ generation, cause, current }) => [generation, cause, current])).toEqual([
      [3, 'restart', true],
      [2, 'update', false],
      [1, 'create', false],
    ]);
    const first = await generations(id, '?limit=2');
    const rest = await generations(id, `?limit=2&cursor=${first.next_cursor ?? ''}`);
    expect([...first.generations, ...rest.generations]).toEqual(all.generations);
    expect(rest.next_cursor).toBeNull();
  });

  it('wants a former specification again, as a new generation', async () => {
    const { id } = await create({ ...DOCKER, environment: { LEVEL: 'low' } });
    await patch(id, { json_spec: { image: 'example/server:2', environment: { LEVEL: 'high', MORE: '1' } } });

    const dry = await rollBack(id, 1, '?dry_run=true');
    expect([dry.status, dry.body.json_spec.image]).toEqual([200, 'example/server:1']);
    const { status, body } = await rollBack(id, 1);
    expect([status, body.generation]).toEqual([202, 3]);
    expect(body.json_spec).toMatchObject({ image: 'example/server:1', environment: { LEVEL: 'low' } });
    expect(body.json_spec.environment).not.toHaveProperty('MORE');
    expect((await rollBack(id, 3)).status).toBe(200);
  });

  it('refuses what is no generation of it, and whom the instance is not open to', async () => {
    const { id } = await create();
    const { status, body } = await rollBack(id, 9);
    expect([status, body.code]).toEqual([404, 'generation_unknown']);
    expect((await rollBack(id, 0)).status).toBe(422);
    expect((await rollBack(id, 1, '', 'instances:read')).status).toBe(403);
    expect((await rollBack(id, 1, '', 'admin@other')).status).toBe(404);
  });

  it('sends no secret elsewhere by rolling back, without the right to use it', async () => {
    const authentication = { type: 'bearer', token: 'a-literal-token' };
    const { id } = await create({ type: 'url', endpoint: 'https://vendor.example/mcp', authentication });
    await patch(id, { json_spec: { endpoint: 'https://elsewhere.example/mcp' } });
    const refused = await rollBack(id, 1, '', 'instances:update');
    expect([refused.status, refused.body.code]).toEqual([403, 'secret_use_forbidden']);
    expect((await rollBack(id, 1, '', 'instances:update,secrets:use')).status).toBe(202);
  });

  it('counts calls, restarts and usage for many at once, and leaves out what is not open', async () => {
    const { id, name } = await create();
    const { id: quiet } = await create();
    const place = {
      replica: 0,
      name: 'n',
      image: 'a',
      image_digest: null,
      port: null,
      engine: 'docker' as const,
    };
    for (const [at, container] of ['one', 'two', 'three'].entries())
      await consumer.handle(
        report(id, 1, at + 1, 'running', {
          ...{ reason: `In ${container}.`, containers: [{ ...place, id: container }] },
        }),
      );
    for (const ms of [10, 20, 30]) await call(id, 'ok', ms);
    await call(id, 'failed', 1_000);
    await call(id, 'denied', 1);

    const ask = async () =>
      (await plane.request<Activity>('GET', `${INSTANCES}/activity?ids=${id},${quiet},${randomUUID()}`)).body;
    await eventually(async () => {
      const busy = (await ask()).activity.find((one) => one.id === id);
      expect(busy).toMatchObject({ calls_per_minute: 0.8, error_rate: 0.25, p95_ms: 1_000, restarts: 2 });
    });
    const still = (await ask()).activity.find((one) => one.id === quiet);
    expect(still).toEqual({
      ...{ id: quiet, calls_per_minute: 0, error_rate: null, p95_ms: null, restarts: 0, usage: [] },
    });
    const other = await plane.request<Activity>('GET', `${INSTANCES}/activity?ids=${id}`, undefined, {
      authorization: 'Bearer admin@other',
    });
    expect(other.body.activity).toEqual([]);
    expect((await plane.request('GET', `${INSTANCES}/activity?ids=${name}`)).status).toBe(400);
  });

  it('draws calls and phases over time', async () => {
    const { id } = await create();
    await consumer.handle(report(id, 1, 1, 'starting'));
    await consumer.handle(report(id, 1, 2, 'running'));
    for (const ms of [10, 20, 30]) await call(id, 'ok', ms);
    await call(id, 'tool_error', 5);
    const { body } = await plane.request<MetricsBody>('GET', `${INSTANCES}/${id}/metrics?window=1h`);
    expect(body.points).toHaveLength(60);
    expect(body.points.reduce((sum, { calls }) => sum + calls, 0)).toBe(4);
    expect(body.tools).toEqual([{ name: 'echo', calls: 4, failed: 1, p95_ms: 30 }]);
    expect(body.phases.map(({ phase }) => phase)).toEqual(['starting', 'running']);
    expect(body.complete_from).toBe(body.from);
    expect((await plane.request('GET', `${INSTANCES}/${id}/metrics?window=9d`)).status).toBe(400);
  });

  it('reads calls and health as lines', async () => {
    const { id } = await create();
    await consumer.handle(report(id, 1, 1, 'running', { reason: 'It\nanswers.' }));
    await call(id, 'ok', 12);
    const lines = async (stream: string): Promise<string> =>
      (await plane.request('GET', `${INSTANCES}/${id}/logs?stream=${stream}`)).text;
    expect(await lines('gateway')).toMatch(/^\d{4}-\S+Z tools\/call echo ok 12 ms key:tester\n$/);
    expect(await lines('health')).toMatch(/^\d{4}-\S+Z running It answers\.\n$/);
    expect((await plane.request('GET', `${INSTANCES}/${id}/logs?stream=none`)).status).toBe(400);
  });
});
