import { RunRetention } from '../../../src/pipelines/runs/run-retention';
import { type StoredSettings } from '../../../src/settings';
import { RunsWorld } from './runs-world';

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: { batch_size: { type: 'integer', minimum: 1 } },
};
const STAGES = [{ name: 'only', type: 'analysis' }];

interface Schedule {
  readonly id: string;
  readonly cron: string;
  readonly enabled: boolean;
  readonly next_slots: readonly string[];
  readonly created_by: string;
  readonly notification?: object;
  readonly parameters: object;
}

describe('pipelines', () => {
  let world: RunsWorld;
  const headers = { authorization: 'Bearer admin' };

  beforeAll(async () => {
    world = await RunsWorld.start();
  }, 180_000);

  afterAll(() => world.stop());

  it('say what they take, and refuse a run that is given something else', async () => {
    const id = await world.define('picky', STAGES, { parameter_schema: SCHEMA });
    expect((await world.ask(`/pipelines/${id}`)).body).toMatchObject({ parameter_schema: SCHEMA });
    const refused = await world.ask(`/pipelines/${id}/execute`, { parameters: { batch_size: 0, other: 1 } });
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'run_input_invalid' }]);
    const pointers = (refused.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).sort();
    expect(pointers).toEqual(['/parameters/batch_size', '/parameters/other']);
    expect((await world.ask(`/pipelines/${id}/execute`, { parameters: { batch_size: 9 } })).status).toBe(202);
  });

  it('refuse a schema that nothing can be held against', async () => {
    const schemas = { input_schema: { type: 'array' }, parameter_schema: { $ref: 'https://example.com/a' } };
    const { status, body } = await world.ask('/pipelines', { name: 'odd', stages: STAGES, ...schemas });
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([
      { pointer: '/input_schema/type' },
      { pointer: '/parameter_schema' },
    ]);
  });

  it('change the parameters of a run that is repeated', async () => {
    const id = await world.define('again', STAGES, { parameter_schema: SCHEMA });
    const runId = await world.begun(id, { parameters: { batch_size: 1 } });
    await world.finishAll(runId);
    const refused = await world.ask(`/runs/${runId}/rerun`, { parameters: { batch_size: 'many' } });
    expect(refused.body).toMatchObject({ code: 'run_input_invalid' });
    const { body } = await world.ask(`/runs/${runId}/rerun`, { parameters: { batch_size: 2 } });
    expect(await world.run(body['run_id'] as string)).toMatchObject({ parameters: { batch_size: 2 } });
  });

  it('list their runs together, and show of each stage what it waits for', async () => {
    const id = await world.define('listed', [
      { name: 'first', type: 'analysis', retry: { count: 2 } },
      { name: 'sign', approval: { approvers: ['role:admin'] } },
    ]);
    const runId = await world.begun(id);
    const { body } = await world.ask<{ runs: { run_id: string }[] }>('/runs?limit=1');
    expect(body.runs).toMatchObject([{ run_id: runId, pipeline_name: 'listed' }]);
    expect((await world.run(runId)).stages).toMatchObject([
      { type: 'analysis', after: [], max_attempts: 3, approvers: [] },
      { type: 'approval', after: [0], approvers: ['role:admin'] },
    ]);
    const { body: all } = await world.ask<{ pipelines: { name: string }[] }>('/pipelines?limit=200');
    expect(all.pipelines.find(({ name }) => name === 'listed')).toMatchObject({
      last_run: { run_id: runId, status: 'running' },
    });
  });

  describe('have schedules that', () => {
    const patch = (path: string, body: object) =>
      world.plane.request<Schedule & { code?: string }>('PATCH', `/api/v1${path}`, body, headers);

    it('are changed: what is left out stays', async () => {
      const id = await world.define('nightly', STAGES);
      const { body } = await world.ask<Schedule>(`/pipelines/${id}/schedules`, {
        ...{ cron: '0 2 * * *', parameters: { a: 1 }, notification: { email: 'ada@example.com' } },
      });
      const path = `/pipelines/${id}/schedules/${body.id}`;
      await world.db.execute(`UPDATE pipeline_schedule SET created_by = 'user:else' WHERE id = $1`, [
        body.id,
      ]);
      const off = await patch(path, { enabled: false });
      expect(off.body).toMatchObject({
        cron: '0 2 * * *',
        enabled: false,
        next_slots: [],
        parameters: { a: 1 },
      });
      expect(off.body.created_by).toBe('user:else');
      const moved = await patch(path, { cron: '30  4 * * *', enabled: true, notification: null });
      expect(moved.body).toMatchObject({ cron: '30 4 * * *', enabled: true });
      expect(moved.body.next_slots[0]).toContain('T04:30:00');
      // Who changes what it runs is whose runs they are.
      expect(moved.body.created_by).not.toBe('user:else');
      expect(moved.body).not.toHaveProperty('notification');
      expect((await patch(path, { cron: 'now' })).body.code).toBe('schedule_invalid');
      expect((await patch(`/pipelines/${id}/schedules/nobody`, {})).body.code).toBe('schedule_unknown');
    });

    it('let go of slots that wait when they are switched off', async () => {
      const id = await world.define('patient', STAGES);
      const { body } = await world.ask<Schedule>(`/pipelines/${id}/schedules`, { cron: '0 2 * * *' });
      await world.db.execute(
        `INSERT INTO pipeline_slot (schedule_id, slot, outcome) VALUES ($1, now(), 'queued')`,
        [body.id],
      );
      const { body: off } = await patch(`/pipelines/${id}/schedules/${body.id}`, { enabled: false });
      expect(off).toMatchObject({ slots: [{ outcome: 'missed' }] });
    });
  });

  it('forget runs that ended long ago, inner ones with their outer one, and themselves when they were deleted', async () => {
    const inner = await world.define('inner', STAGES);
    const outer = await world.define('outer', [{ name: 'sub', pipeline: { pipeline: 'inner' } }]);
    const kept = await world.begun(inner);
    await world.finishAll(kept);
    const runId = await world.begun(outer);
    const [child] = await world.db.query<{ id: string }>(
      `SELECT id FROM pipeline_run WHERE parent_run_id = $1`,
      [runId],
    );
    const childId = child?.id ?? '';
    await world.engine.advance(childId);
    await world.finishAll(childId);
    await world.db.execute(
      `UPDATE pipeline_run SET status = 'completed', finished_at = now() - interval '91 days' WHERE id = ANY($1::uuid[])`,
      [[runId, childId]],
    );
    await world.plane.request('DELETE', `/api/v1/pipelines/${outer}`, undefined, headers);
    await world.db.execute(`UPDATE pipeline SET archived_at = now() - interval '2 days' WHERE id = $1`, [
      outer,
    ]);
    const retention = new RunRetention(world.db, { get: () => 90 } as unknown as StoredSettings);
    expect(await retention.run()).toBe(1);
    const left = await world.db.query<{ id: string }>(
      `SELECT id FROM pipeline_run WHERE id = ANY($1::uuid[])`,
      [[runId, childId, kept]],
    );
    expect(left.map(({ id }) => id)).toEqual([kept]);
    expect(await world.db.query(`SELECT 1 FROM pipeline WHERE id = $1`, [outer])).toEqual([]);
  });
});
