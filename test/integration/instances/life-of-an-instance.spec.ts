import { ControlPlane } from '../control-plane';
import { StatusConsumer } from '../../../src/instances';
import { report } from './report';

interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly generation: number;
  readonly operation_id?: string;
  readonly json_spec: Record<string, unknown>;
}
interface ProblemBody {
  readonly code: string;
}
interface OperationBody {
  readonly status: string;
  readonly progress: number;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
  readonly error: { readonly code: string } | null;
}

const INSTANCES = '/api/v1/mcp/instances';

describe('the life of an instance', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    consumer = await plane.worker(StatusConsumer);
  }, 180_000);

  afterAll(() => plane.stop());

  const create = async (name: string, more: object = { template: 'echo' }): Promise<InstanceBody> => {
    const { status, body } = await plane.request<InstanceBody>('POST', INSTANCES, { name, ...more });
    expect(status).toBe(201);
    return body;
  };
  const read = async (id: string) => (await plane.request<InstanceBody>('GET', `${INSTANCES}/${id}`)).body;
  const operation = async (id: string | undefined) =>
    (await plane.request<OperationBody>('GET', `/api/v1/operations/${String(id)}`)).body;

  it('follows the reports of the provisioner up to running', async () => {
    const { id, operation_id: operationId } = await create('steps');
    const phases = ['creating', 'created', 'starting', 'running'] as const;
    for (const [at, phase] of phases.entries()) {
      await consumer.handle(report(id, 1, at + 1, phase));
      expect(await read(id)).toMatchObject({ status: phase, reason: `It is ${phase}.` });
    }
    expect(await operation(operationId)).toMatchObject({
      status: 'succeeded',
      progress: 1,
      steps: phases.map((name) => ({ name, status: 'succeeded', started_at: expect.any(String) as string })),
    });
    const { body } = await plane.request<{
      events: { name: string; actor: string; reason: string | null }[];
    }>('GET', `${INSTANCES}/steps/events`);
    expect(body.events.map(({ name }) => name)).toEqual(
      [...phases]
        .reverse()
        .map((phase) => `mcp.instance.${phase}`)
        .concat('mcp.instance.create.requested'),
    );
    expect(body.events[0]).toMatchObject({ actor: 'system:provisioner', reason: 'It is running.' });
  });

  it('E8: ends an operation with the reason of the failure, and keeps the last output', async () => {
    const { id, operation_id: operationId } = await create('fails');
    const lastError = {
      message: 'exited 1',
      exit_code: 1,
      oom_killed: false,
      output: ['SOME_KEY is required'],
      at: new Date().toISOString(),
    };
    await consumer.handle(report(id, 1, 1, 'failed', { reason: 'exited 1', last_error: lastError }));
    expect(await operation(operationId)).toMatchObject({
      status: 'failed',
      error: { code: 'instance_failed', detail: 'exited 1' },
    });
    expect((await plane.request('GET', `${INSTANCES}/fails/logs`)).text).toBe('SOME_KEY is required\n');
    const diagnosis = await plane.request('POST', `${INSTANCES}/fails/diagnose`);
    expect(diagnosis.body).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: 'engine', ok: false })]) as unknown,
    });
    plane.engine.report = {
      engine: { kind: 'memory', ok: true, detail: 'fine', since: '' },
      containers: [],
      image_present: null,
    };
    expect((await plane.request('POST', `${INSTANCES}/fails/diagnose`)).body).toMatchObject({
      cause: 'exited 1: SOME_KEY is required',
      fix: { action: 'set_environment', target: 'SOME_KEY' },
    });
    plane.engine.report = undefined;
  });

  it('makes a new generation for what a container would notice, and only for that', async () => {
    const { id } = await create('patched', {
      json_spec: { type: 'docker', image: 'a/b:1', environment: { A: '1', B: '2' } },
    });
    const words = await plane.request<InstanceBody>('PATCH', `${INSTANCES}/${id}`, {
      description: 'new words',
    });
    expect([words.status, words.body.generation]).toEqual([200, 1]);
    const spec = { json_spec: { image: 'a/b:2', environment: { A: null } } };
    const changed = await plane.request<InstanceBody>('PATCH', `${INSTANCES}/${id}`, spec);
    expect([changed.status, changed.body.generation]).toEqual([202, 2]);
    expect(changed.headers['location']).toBe(`/api/v1/operations/${String(changed.body.operation_id)}`);
    expect(changed.body.json_spec).toEqual({ type: 'docker', image: 'a/b:2', environment: { B: '2' } });
    const other = await plane.request<ProblemBody>('PATCH', `${INSTANCES}/${id}`, {
      json_spec: { type: 'url' },
    });
    expect(other.status).toBe(422);
  });

  it('sets variables, the secret ones in the store, with a new generation each', async () => {
    const { id } = await create('variables', {
      template: 'needs-key',
      environment: { API_KEY: 'first-value' },
    });
    const { status, body, text } = await plane.request<InstanceBody>(
      'PUT',
      `${INSTANCES}/${id}/environment`,
      { API_KEY: 'second-value' },
    );
    expect([status, body.generation]).toEqual([202, 2]);
    expect(text).not.toContain('second-value');
    const versions = await plane.db.query(`SELECT latest_version FROM secret WHERE scope = $1`, [id]);
    expect(versions).toEqual([{ latest_version: 2 }]);
    const removed = await plane.request<ProblemBody>('PUT', `${INSTANCES}/${id}/environment`, {
      API_KEY: null,
    });
    expect([removed.status, removed.body.code]).toEqual([422, 'instance_env_missing']);
  });

  it('E7: refuses a change that was made for another version', async () => {
    await create('tagged');
    const { headers } = await plane.request('GET', `${INSTANCES}/tagged`);
    const tag = String(headers['etag']);
    const first = await plane.request(
      'PATCH',
      `${INSTANCES}/tagged`,
      { description: 'one' },
      { 'if-match': tag },
    );
    expect(first.status).toBe(200);
    const second = await plane.request<ProblemBody>(
      'PATCH',
      `${INSTANCES}/tagged`,
      { description: 'two' },
      { 'if-match': tag },
    );
    expect([second.status, second.body.code]).toEqual([412, 'stale_version']);
    const retry = { 'if-match': String(second.headers['etag']) };
    expect((await plane.request('PATCH', `${INSTANCES}/tagged`, { description: 'two' }, retry)).status).toBe(
      200,
    );
  });

  it('E7: sends another tag when something new was seen, and accepts the old one for a change', async () => {
    const { id } = await create('seen');
    const before = String((await plane.request('GET', `${INSTANCES}/seen`)).headers['etag']);
    expect(
      (await plane.request('GET', `${INSTANCES}/seen`, undefined, { 'if-none-match': before })).status,
    ).toBe(304);
    await consumer.handle(report(id, 1, 1, 'creating'));
    expect(
      (await plane.request('GET', `${INSTANCES}/seen`, undefined, { 'if-none-match': before })).status,
    ).toBe(200);
    expect(
      (await plane.request('PATCH', `${INSTANCES}/seen`, { description: 'x' }, { 'if-match': before }))
        .status,
    ).toBe(200);
  });

  it('E8: stops, starts and restarts, each restart as a new generation', async () => {
    const { id } = await create('moves');
    const stop = await plane.request<InstanceBody>('POST', `${INSTANCES}/moves/stop`);
    expect([stop.status, stop.body.generation]).toEqual([202, 2]);
    expect(stop.headers['retry-after']).toBe('1');
    await consumer.handle(report(id, 2, 1, 'stopped'));
    expect(await operation(stop.body.operation_id)).toMatchObject({ status: 'succeeded' });
    const again = await plane.request<InstanceBody>('POST', `${INSTANCES}/moves/stop`);
    expect(again.body.generation).toBe(2);
    expect(await operation(again.body.operation_id)).toMatchObject({ status: 'succeeded' });
    expect((await plane.request<InstanceBody>('POST', `${INSTANCES}/moves/start`)).body.generation).toBe(3);
    const restart = await plane.request<InstanceBody>('POST', `${INSTANCES}/moves/restart`);
    expect([restart.status, restart.body.generation]).toEqual([202, 4]);
    expect(restart.headers['location']).toBe(`/api/v1/operations/${String(restart.body.operation_id)}`);
    await consumer.handle(report(id, 4, 2, 'running'));
    expect(await operation(restart.body.operation_id)).toMatchObject({ status: 'succeeded' });
  });

  it('E8: answers a waiting caller when the work is done', async () => {
    const { id } = await create('waited');
    const waiting = plane.request<InstanceBody>('POST', `${INSTANCES}/waited/restart?wait=60`);
    // The report comes when the wish is there, as the provisioner's would.
    for (let sequence = 1; (await read(id)).generation < 2; sequence += 1)
      await consumer.handle(report(id, 1, sequence, 'starting'));
    await consumer.handle(report(id, 2, 1_000, 'running'));
    const { status, body } = await waiting;
    expect([status, body.status]).toEqual([200, 'running']);
  });

  it('goes with its secrets, frees its name and is not revived by a late report', async () => {
    const { id } = await create('gone', { template: 'needs-key', environment: { API_KEY: 'some-value' } });
    await consumer.handle(
      report(id, 1, 1, 'running', { secrets_read: [{ ref: `secret_ref:${id}:API_KEY`, version: 1 }] }),
    );
    expect((await plane.request('DELETE', `${INSTANCES}/gone`)).status).toBe(202);
    expect((await plane.request<ProblemBody>('POST', `${INSTANCES}/gone/start`)).body.code).toBe(
      'instance_transition_illegal',
    );
    await consumer.handle(report(id, 1, 2, 'deleted'));
    expect(await read(id)).toMatchObject({ status: 'deleting' });
    await consumer.handle(report(id, 2, 3, 'deleted'));
    expect((await plane.request('GET', `${INSTANCES}/gone`)).status).toBe(404);
    expect(await plane.db.query(`SELECT * FROM secret WHERE scope = $1`, [id])).toEqual([]);
    await consumer.handle(report(id, 3, 9, 'running'));
    expect((await plane.request('GET', `${INSTANCES}/${id}`)).status).toBe(404);
    await create('gone');
    const audit = await plane.db.query(
      `SELECT actor FROM audit WHERE action = 'secret.read' AND resource_id = $1`,
      [`${id}:API_KEY`],
    );
    expect(audit).toEqual([{ actor: 'system:provisioner' }]);
  });

  it('takes a report once, and never an older one', async () => {
    const { id } = await create('order');
    const running = report(id, 1, 5, 'running');
    await consumer.handle(running);
    await consumer.handle(running);
    await consumer.handle(report(id, 1, 4, 'starting'));
    expect(await read(id)).toMatchObject({ status: 'running' });
    const rows = await plane.db.query(
      `SELECT name FROM domain_event WHERE aggregate_id = $1 AND name = 'mcp.instance.running'`,
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  it('runs many operations, and one failure does not stop the rest', async () => {
    await create('bulk-a');
    const { status, body } = await plane.request<{
      results: { status: number; problem?: ProblemBody }[];
      summary: object;
    }>('POST', `${INSTANCES}/bulk`, {
      operations: [
        { op: 'create', instance: { name: 'bulk-b', template: 'echo' } },
        { op: 'create', instance: { name: 'bulk-a', template: 'echo' } },
        { op: 'create', instance: { name: 'bulk-c', colour: 'red' } },
        { op: 'stop', id: 'bulk-a' },
        { op: 'start', id: 'bulk-a' },
        { op: 'delete', id: 'nobody' },
        { op: 'explode', id: 'bulk-a' },
      ],
    });
    expect(status).toBe(200);
    expect(body.results.map((each) => [each.status, each.problem?.code])).toEqual([
      [201, undefined],
      [409, 'instance_name_taken'],
      [400, 'unknown_field'],
      [202, undefined],
      [202, undefined],
      [404, 'instance_not_found'],
      [422, 'instance_spec_invalid'],
    ]);
    expect(body.summary).toEqual({ accepted: 3, failed: 4 });
  });

  it('checks the permission of each item of a bulk', async () => {
    const headers = { authorization: 'Bearer instances:read,instances:operate' };
    const operations = [
      { op: 'delete', id: 'bulk-a' },
      { op: 'stop', id: 'bulk-a' },
    ];
    const { body } = await plane.request<{ results: { status: number }[] }>(
      'POST',
      `${INSTANCES}/bulk`,
      { operations },
      headers,
    );
    expect(body.results.map(({ status }) => status)).toEqual([403, 202]);
  });

  it('speaks the words of the provisioner API too', async () => {
    const created = await plane.request('POST', '/containers', {
      service_name: 'svc',
      template: 'fastapi',
      port: 9000,
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      service_name: 'svc',
      status: 'requested',
      port: 9000,
      url: '/servers/svc/mcp',
    });
    expect((await plane.request('GET', '/containers/svc')).body).toMatchObject({ service_name: 'svc' });
    expect((await plane.request('DELETE', '/api/v1/mcp/containers/svc')).status).toBe(202);
  });
});
