import { type Type } from '@nestjs/common';
import { requestContext, systemScope } from '@app/telemetry';
import { TaskRetention } from '../../../src/tasks/retention/task-retention';
import { TaskAgentWork, TaskLeases, TaskOutcomes, TasksWorkerModule } from '../../../src/tasks';
import { type Body, TASKS, TasksWorld } from './tasks-world';

const ENDS = ['completed', 'failed', 'cancelled'];
const error = { code: 'EXECUTION_ERROR', message: 'Invalid input data format' };

describe('a task ends', () => {
  let world: TasksWorld;
  beforeAll(async () => {
    world = await TasksWorld.start();
  }, 120_000);
  afterAll(() => world.stop());

  const complete = (id: string, token: string, result: unknown = { rows: 1 }) =>
    world.post(`/${id}/complete`, { lease_token: token, result });
  const fail = (id: string, token: string, more: object = {}) =>
    world.post(`/${id}/fail`, { lease_token: token, error, ...more });
  const part = <T>(type: Type<T>): T => world.plane.app.get(type, { strict: false });

  it('completed, with what was said of it until then, and only once', async () => {
    const { id, token } = await world.running();
    await world.post(`/${id}/logs`, { lease_token: token, entries: [{ message: 'nearly' }] });
    expect((await complete(id, token)).body).toEqual({ task_id: id, status: 'completed' });
    expect(await world.get(id)).toMatchObject({
      ...{ status: 'completed', progress: 1, result: { rows: 1 }, error: null },
      logs: [{ message: 'nearly' }],
      attempts: [{ attempt: 1, outcome: 'completed', candidates: [{ score: 1 }] }],
    });
    const again = await complete(id, token, { rows: 2 });
    expect([again.status, again.body['code'], again.body['detail']]).toEqual([
      ...[409, 'lease_lost'],
      expect.stringContaining('completed already'),
    ]);
    expect(await world.get(id)).toMatchObject({ result: { rows: 1 } });
    expect(await world.eventsOf(id)).toEqual(['submitted', 'completed']);
  });

  it('not with a result that is too large: the agent may still send a smaller one', async () => {
    const { id, token } = await world.running();
    const large = await complete(id, token, 'x'.repeat(270_000));
    expect([large.status, large.body['code']]).toEqual([413, 'task_document_too_large']);
    expect((await complete(id, token)).status).toBe(200);
  });

  it('failed when its attempts are used up, and is tried again from the dead letters once', async () => {
    const { id, token } = await world.running({ type: 'doomed', retry_count: 1 });
    expect((await fail(id, token)).body).toEqual({ task_id: id, status: 'retrying' });
    expect(await world.get(id)).toMatchObject({ status: 'retrying', error, assigned_agent: null });
    expect((await fail(id, await world.claim(id))).body['status']).toBe('failed');
    expect(await world.get(id)).toMatchObject({ error, dead_reason: 'retries_exhausted', attempt: 2 });

    const dead = await world.plane.request<Body>('GET', `${TASKS}/dead-letters?type=doomed`);
    expect(dead.body['tasks']).toMatchObject([{ task_id: id, dead_reason: 'retries_exhausted' }]);
    const retried = await world.post(`/${id}/retry`, { payload: { corrected: true } });
    const next = String(retried.body['task_id']);
    expect([retried.status, await world.get(next)]).toEqual([
      201,
      expect.objectContaining({
        status: 'pending',
        retry_of: id,
        payload: { corrected: true },
        type: 'doomed',
      }),
    ]);
    const twice = await world.post(`/${id}/retry`);
    expect([twice.status, twice.body['code'], twice.body['retried_as']]).toEqual([
      ...[409, 'task_already_retried', next],
    ]);
    const after = await world.plane.request<Body>('GET', `${TASKS}/dead-letters?type=doomed`);
    expect(after.body['tasks']).toEqual([]);
  });

  it('failed at once where another try makes no sense, and many are tried again together', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { id, token } = await world.running({ type: 'hopeless' });
      await fail(id, token, { retryable: false });
      ids.push(id);
    }
    const [first = ''] = ids;
    const both = await Promise.all([
      world.post('/dead-letters/retry', { ids: [first] }),
      world.post('/dead-letters/retry', { ids: [first] }),
    ]);
    expect(both.map(({ body }) => (body['results'] as Body[])[0]?.['status']).sort()).toEqual([201, 409]);
    const rest = await world.post('/dead-letters/retry', { type: 'hopeless', reason: 'not_retryable' });
    expect(rest.body['summary']).toEqual({ accepted: 2, failed: 0 });
    const unknown = await world.post('/dead-letters/retry', {
      ids: ['8c9ce4c4-6d30-4b34-a6d5-21a4b58d4f0a'],
    });
    expect(unknown.body['results']).toMatchObject([{ status: 404, problem: { code: 'task_not_found' } }]);
  });

  it('not when its agent hands it back, unless that goes on for ever', async () => {
    const { id, token } = await world.running({ type: 'handed' });
    const back = await world.post(`/${id}/hand-back`, { lease_token: token });
    expect([back.status, back.body]).toEqual([200, { task_id: id, status: 'pending' }]);
    expect((await world.post(`/${id}/hand-back`, { lease_token: token })).body['code']).toBe('lease_lost');
    await world.db.execute(`UPDATE task SET lease_gen = 99 WHERE id = $1`, [id]);
    await world.post(`/${id}/hand-back`, { lease_token: await world.claim(id) });
    expect(await world.get(id)).toMatchObject({ status: 'retrying', error: { code: 'handed_back' } });
  });

  it('later when the agent asks to wait', async () => {
    const { id, token } = await world.running();
    await fail(id, token, { retry_after: 500 });
    const [row] = await world.db.query<{ isFar: boolean }>(
      `SELECT due_at > now() + interval '490 seconds' AS "isFar" FROM task WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({ isFar: true });
  });

  it('cancelled: at once while it waits, by its agent while it runs', async () => {
    const waiting = await world.submitted();
    expect((await world.post(`/${waiting}/cancel`, { reason: 'wrong' })).body).toMatchObject({
      ...{ status: 'cancelled', cancel_reason: 'wrong' },
    });
    const { id, token } = await world.running();
    expect((await world.post(`/${id}/cancel`)).body).toMatchObject({ status: 'running' });
    const told = await world.post(`/${id}/progress`, { lease_token: token, progress: 0.5 });
    expect(told.body).toMatchObject({ cancel: true });
    const ended = await world.post(`/${id}/fail`, {
      lease_token: token,
      error: { code: 'cancelled', message: 'As wished.' },
    });
    expect(ended.body['status']).toBe('cancelled');
    expect(await world.eventsOf(id)).toEqual(['submitted', 'cancel.requested', 'progressed', 'cancelled']);
    const trail = await world.db.query<{ action: string }>(
      `SELECT action FROM audit_trail WHERE resource_id = $1 ORDER BY action`,
      [id],
    );
    expect(trail.map(({ action }) => action)).toEqual(['task.cancel.requested', 'task.submitted']);
    const done = await world.running();
    await complete(done.id, done.token);
    expect((await world.post(`/${done.id}/cancel`)).body['code']).toBe('task_finished');
  });

  it('one way only, when it is cancelled and completed at the same time, a hundred times', async () => {
    const race = async (n: number) => {
      const { id, token } = await world.running({ type: 'raced', retry_count: 0 });
      await world.post(`/${id}/cancel`);
      await Promise.all([
        complete(id, token),
        fail(id, token),
        ...(n % 2 === 0 ? [world.post(`/${id}/cancel`)] : [complete(id, token)]),
        world.pass(id, 'cancel_deadline').then(() => world.reaper.look()),
      ]);
      const ends = (await world.eventsOf(id)).filter((name) => ENDS.includes(name));
      expect(ends).toEqual([(await world.get(id))['status']]);
    };
    // Twenty at a time: more only wait for a connection to the database, on a slow machine for longer than one may.
    for (let begun = 0; begun < 100; begun += 20)
      await Promise.all(Array.from({ length: 20 }, (_, n) => race(begun + n)));
  }, 120_000);

  it('as many at once as their agent says', async () => {
    const agentId = await world.agent('batcher');
    const [one, other, lost] = [
      await world.running({}, agentId),
      await world.running({ retry_count: 0 }, agentId),
      await world.running({}, agentId),
    ];
    const { body } = await world.plane.request<Body>('POST', '/api/v1/agents/batcher/outcomes', {
      outcomes: [
        { task_id: one.id, lease_token: one.token, result: null },
        { task_id: other.id, lease_token: other.token, error },
        { task_id: lost.id, lease_token: one.token, result: 1 },
        { task_id: one.id, lease_token: one.token, result: 2 },
        { task_id: one.id, lease_token: one.token },
      ],
    });
    const results = body['results'] as { status: number; task_status?: string; problem?: Body }[];
    expect(
      results.map(({ status, task_status: task, problem }) => [status, task ?? problem?.['code']]),
    ).toEqual([
      [200, 'completed'],
      [200, 'failed'],
      [409, 'lease_lost'],
      [409, 'lease_lost'],
      [422, 'validation_failed'],
    ]);
  });

  describe('by the reaper', () => {
    it('never while its agent is there, and at once when that is lost', async () => {
      const agentId = await world.agent('silent');
      const { id, token } = await world.running({}, agentId);
      await world.pass(id, 'lease_until');
      await world.reaper.look();
      expect(await world.get(id)).toMatchObject({ status: 'running', assigned_agent: agentId });
      await world.db.execute(`UPDATE agent SET status = 'lost' WHERE id = $1`, [agentId]);
      await world.reaper.look();
      expect(await world.get(id)).toMatchObject({ status: 'retrying', attempts: [{ outcome: 'lost' }] });
      expect((await complete(id, token)).body['code']).toBe('lease_lost');
    });

    it('when nobody holds it any more, and its late answer is refused', async () => {
      const { id, token } = await world.running();
      await world.pass(id, 'lease_until');
      await world.reaper.look();
      const token2 = await world.claim(id);
      const late = await complete(id, token);
      expect([late.body['code'], late.body['detail']]).toEqual([
        'lease_lost',
        expect.stringContaining('attempt 2 runs now'),
      ]);
      expect((await complete(id, token2)).status).toBe(200);
    });

    it.each([
      ['run_deadline', true, { status: 'retrying', error: { code: 'timed_out' } }],
      ['total_deadline', true, { status: 'failed', dead_reason: 'total_timeout' }],
      ['queue_deadline', false, { status: 'failed', dead_reason: 'queue_timeout' }],
      ['total_deadline', false, { status: 'failed', dead_reason: 'total_timeout' }],
    ])('when its %s has passed (running: %s)', async (column, runs, expected) => {
      const { id } = runs ? await world.running() : { id: await world.submitted() };
      await world.pass(id, column);
      await world.reaper.look();
      expect(await world.get(id)).toMatchObject(expected);
    });

    it('when whoever was asked to end it does not', async () => {
      const { id } = await world.running();
      await world.post(`/${id}/cancel`);
      await world.pass(id, 'cancel_deadline');
      await world.reaper.look();
      expect(await world.get(id)).toMatchObject({
        status: 'cancelled',
        attempts: [{ outcome: 'cancelled' }],
      });
    });

    it('by the clock of the database alone: ours may be an hour off', async () => {
      const { id, token } = await world.running({ timeout: 60, total_timeout: 120 });
      const now = Date.now.bind(Date);
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
      try {
        expect(await world.reaper.look()).toBe(0);
        expect((await complete(id, token)).status).toBe(200);
      } finally {
        clock.mockRestore();
      }
    });
  });

  describe('for other contexts', () => {
    const asSystem = <T>(work: () => Promise<T>) => requestContext.run(systemScope('test'), work);

    it('by its lease, once', async () => {
      const { id } = await world.running();
      const leases = part(TaskLeases);
      const [begun, again] = [await leases.begin(id, 1), await leases.begin(id, 1)];
      expect([begun?.attempt, begun?.payload, again]).toEqual([1, expect.any(Object), undefined]);
      expect(
        await leases.renew(
          [
            { taskId: id, leaseGen: 1 },
            { taskId: id, leaseGen: 9 },
          ],
          60,
        ),
      ).toEqual([id]);
      const outcomes = part(TaskOutcomes);
      const ends = [
        { taskId: id, leaseGen: 1, result: { a: 1 } },
        { taskId: id, leaseGen: 1, result: { a: 2 } },
      ];
      expect(await asSystem(() => outcomes.settle(ends))).toEqual(['settled', 'lease_lost']);
    });

    it('not, when it is handed back: the attempt does not count', async () => {
      const { id } = await world.running();
      await asSystem(() => part(TaskOutcomes).handBack([{ taskId: id, leaseGen: 1 }]));
      expect(await world.get(id)).toMatchObject({ status: 'pending', attempt: 0 });
    });

    it('as lost, when its agent has forgotten it', async () => {
      const agentId = await world.agent('forgetful');
      const [kept, gone] = [await world.running({}, agentId), await world.running({}, agentId)];
      const work = part(TaskAgentWork);
      expect(await work.runningOf([agentId])).toEqual(new Map([[agentId, 2]]));
      await work.forgotten([{ agentId, taskIds: [] }]);
      expect(await world.get(gone.id)).toMatchObject({ status: 'running' });
      await world.db.execute(`UPDATE task_attempt SET started_at = now() - interval '1 minute'`);
      await asSystem(() => work.forgotten([{ agentId, taskIds: [kept.id] }]));
      expect(await world.get(gone.id)).toMatchObject({ status: 'retrying' });
      expect(await world.get(kept.id)).toMatchObject({ status: 'running' });
      await world.post(`/${kept.id}/cancel`);
      expect(await work.toCancel([agentId])).toEqual(new Map([[agentId, [kept.id]]]));
    });
  });

  it('and is forgotten when it ended long ago', async () => {
    const { id, token } = await world.running();
    await complete(id, token);
    const recent = await world.running();
    await complete(recent.id, recent.token);
    await world.db.execute(`UPDATE task SET finished_at = now() - interval '31 days' WHERE id = $1`, [id]);
    const retention = await world.plane.worker(TaskRetention, TasksWorkerModule);
    expect(await retention.run()).toBe(1);
    expect((await world.get(id))['code']).toBe('task_not_found');
    expect(await world.get(recent.id)).toMatchObject({ status: 'completed' });
  });
});
