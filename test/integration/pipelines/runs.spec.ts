import { StageRows } from '../../../src/pipelines/engine/stage-rows';
import { RunsWorld } from './runs-world';

const PRINTED_STAGES = ['data-ingestion', 'transformation', 'analysis', 'validation', 'processing', 'output'];
const PRINTED_BODY = {
  input_data: { source: 's3://bucket/input-data', format: 'json' },
  parameters: { batch_size: 1000, parallel_workers: 4 },
  notification: { webhook: 'https://example.com/webhook', email: 'admin@example.com' },
};
const stage = (name: string, more: object = {}): object => ({ name, type: 'analysis', ...more });
const FAILS = { code: 'bad_input' };

describe('runs', () => {
  let world: RunsWorld;
  let named = 0;
  const define = (stages: readonly object[], more: object = {}): Promise<string> =>
    world.define(`p-${String((named += 1))}`, stages, more);
  const beginning = async (stages: readonly object[], more: object = {}): Promise<string> =>
    world.begun(await define(stages, more));

  beforeAll(async () => {
    world = await RunsWorld.start();
  }, 180_000);

  afterAll(() => world.stop());

  it('are started as printed, and show how far they are', async () => {
    const id = await define(
      PRINTED_STAGES.map((type) => ({ name: type, type, required: true, timeout: 300 })),
    );
    const { status, body } = await world.ask(`/pipelines/${id}/execute`, PRINTED_BODY);
    expect([status, body]).toEqual([
      202,
      {
        ...{ run_id: expect.any(String) as string, pipeline_id: id, version: 1, status: 'pending' },
        ...{ current_stage: null, completed_stages: [], progress: 0 },
      },
    ]);
    const runId = body['run_id'] as string;
    await world.engine.advance(runId);
    await world.finish(runId, { result: { rows: 120 } });
    await world.finish(runId);
    expect(await world.run(runId)).toMatchObject({
      ...{ status: 'running', current_stage: 2, completed_stages: [0, 1], progress: 0.33 },
    });
    const [task] = await world.open(runId);
    expect(task?.payload).toMatchObject({
      input: PRINTED_BODY.input_data,
      stages: { transformation: { ok: true } },
    });
    expect(await world.finishAll(runId)).toMatchObject({
      ...{ status: 'completed', completed_stages: [0, 1, 2, 3, 4, 5], progress: 1, waiting_for: null },
    });
    const events = await world.eventsOf(runId);
    expect(events.slice(0, 3)).toEqual(['run.started', 'stage.started data-ingestion', 'run.progressed']);
    expect(events.slice(-2)).toEqual(['stage.completed output', 'run.completed']);
    const { body: list } = await world.ask(`/pipelines/${id}/runs?status=completed`);
    expect(list['runs']).toEqual([expect.objectContaining({ run_id: runId, cause: 'api' })]);
  });

  it('begin each stage once when many end at the same time and several processes look', async () => {
    const width = 20;
    const fan = Array.from({ length: width }, (_, at) => stage(`f${String(at)}`));
    const dependencies = fan.flatMap((_, at) => [
      { from: 0, to: at + 1 },
      { from: at + 1, to: width + 1 },
    ]);
    const runId = await beginning([stage('first'), ...fan, stage('last')], { dependencies });
    await world.finish(runId);
    const engines = [world.otherEngine(), world.otherEngine(), world.otherEngine(), world.engine];
    await world.end(runId, { result: 1 });
    await Promise.all(engines.map((engine) => engine.advance(runId)));
    await world.end(runId, { result: 2 });
    await Promise.all(engines.map((engine) => engine.advance(runId)));
    expect(await world.run(runId)).toMatchObject({ status: 'completed', progress: 1 });
    expect(Object.values(await world.taskCounts(runId))).toEqual(Array(width + 2).fill(1));
  });

  it('go on where a process died between two stages: nothing is skipped and nothing is run twice', async () => {
    const runId = await beginning([stage('a'), stage('b'), stage('c')]);
    await world.end(runId, { result: 1 });
    const rows = world.plane.app.get(StageRows, { strict: false });
    const dies = jest.spyOn(rows, 'release').mockRejectedValue(new Error('killed'));
    await expect(world.otherEngine().advance(runId)).rejects.toThrow('killed');
    dies.mockRestore();
    expect(await world.statuses(runId)).toEqual({ a: 'running', b: 'pending', c: 'pending' });
    // Nobody is told again: the message died with the process.
    await world.clock().lookAtForgotten(0);
    expect(await world.statuses(runId)).toEqual({ a: 'completed', b: 'running', c: 'pending' });
    await world.clock().lookAtForgotten(0);
    expect((await world.finishAll(runId)).completed_stages).toEqual([0, 1, 2]);
    expect(await world.taskCounts(runId)).toEqual({ a: 1, b: 1, c: 1 });
  });

  it('skip what its condition excludes, tolerate what is not required, and hand over what was given', async () => {
    const runId = await beginning([
      stage('a'),
      stage('maybe', { when: '${stages.a.output.rows} > 100' }),
      stage('weak', { required: false }),
      stage('b', { input: { rows: '${stages.a.output.rows}', weak: '${stages.weak.status}' } }),
    ]);
    await world.finish(runId, { result: { rows: 7 } });
    await world.finish(runId, FAILS);
    expect(await world.statuses(runId)).toEqual({
      a: 'completed',
      maybe: 'skipped',
      weak: 'failed',
      b: 'running',
    });
    const [task] = await world.open(runId);
    expect(task?.payload).toEqual({ rows: 7, weak: 'failed' });
    expect(await world.finishAll(runId)).toMatchObject({
      status: 'completed',
      completed_stages: [0, 3],
      progress: 1,
    });
  });

  it('try a stage again as often as it says, after the pause it says, with a task of its own each time', async () => {
    const runId = await beginning([stage('a', { retry: { count: 1, delay: 3600 } }), stage('b')]);
    await world.finish(runId, FAILS);
    expect(await world.statuses(runId)).toEqual({ a: 'retrying', b: 'pending' });
    expect((await world.run(runId)).waiting_for).toMatch(/^Stage "a" is tried again at /);
    await world.pass(runId);
    await world.finish(runId, FAILS);
    const run = await world.run(runId);
    // What failed, and what was skipped for that reason, is not done.
    expect(run).toMatchObject({
      ...{ status: 'failed', progress: 0, completed_stages: [] },
      error: { code: 'bad_input', message: 'Stage "a" failed: It went wrong.' },
    });
    expect(run.stages[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(new Set(run.stages[0]?.task_ids).size).toBe(2);
    expect(run.stages[1]?.status).toBe('skipped');
  });

  it('undo what completed, the last first, when a stage fails that asks for it', async () => {
    const undo = { type: 'undo', input: { made: '${stages.a.output.ok}' } };
    const runId = await beginning([
      stage('a', { compensation: { type: 'undo-a' } }),
      stage('b', { compensation: { ...undo, type: 'undo-b' } }),
      stage('c', { on_failure: 'compensate' }),
    ]);
    await world.finish(runId);
    await world.finish(runId);
    await world.finish(runId, FAILS);
    const undone: string[] = [];
    for (let at = 0; at < 2; at += 1) {
      const [task] = await world.open(runId);
      undone.push(String(task?.type));
      expect((await world.run(runId)).status).toBe('running');
      // One that fails must not keep the others from being tried.
      await world.finish(runId, at === 0 ? FAILS : { result: 1 });
    }
    expect(undone).toEqual(['undo-b', 'undo-a']);
    expect(await world.run(runId)).toMatchObject({
      status: 'failed',
      progress: 0.66,
      completed_stages: [0, 1],
    });
  });

  it('wait for somebody to approve, whom the stage names, once', async () => {
    const approval = stage('ok', {
      type: 'approval',
      approval: { message: 'Go?', approvers: ['role:admin'] },
    });
    const runId = await beginning([approval, stage('after')]);
    const path = `/runs/${runId}/stages/ok/approve`;
    expect(await world.run(runId)).toMatchObject({ status: 'waiting_approval', current_stage: 0 });
    expect((await world.run(runId)).waiting_for).toContain('waits for somebody to approve');
    const other = await world.ask(path, {}, 'pipelines:approve,pipelines:read');
    expect([other.status, other.body['code']]).toEqual([403, 'approver_not_named']);
    const answers = await Promise.all([world.ask(path, { comment: 'Fine.' }), world.ask(path, {})]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const run = await world.run(runId);
    expect(run.stages[0]).toMatchObject({ status: 'completed', approval: { decision: 'approved' } });
    expect(run.stages[1]?.status).toBe('running');
    const [audited] = await world.db.query<{ actor: string }>(
      `SELECT actor FROM audit WHERE action = 'pipeline.stage.approved' AND resource_id = $1`,
      [runId],
    );
    expect(audited?.actor).toBe('key:tester');
  });

  it('fail by a rejection, and when nobody decides in time', async () => {
    const approval = stage('ok', { type: 'approval', approval: {} });
    const rejected = await beginning([approval, stage('after')]);
    await world.ask(`/runs/${rejected}/stages/0/reject`, { comment: 'No.' });
    expect((await world.run(rejected)).error).toEqual({
      code: 'approval_rejected',
      message: 'Stage "ok" failed: tester rejected it: No.',
    });
    const late = await beginning([approval, stage('after')]);
    await world.pass(late);
    expect(await world.run(late)).toMatchObject({ status: 'failed', error: { code: 'approval_timed_out' } });
  });

  it('are stages of other runs, whose outputs they give, and end with them', async () => {
    const inner = await define([stage('x'), stage('y', { input: { from: '${input.seed}' } })]);
    const outer = [stage('sub', { pipeline: { pipeline: inner, input: { seed: 5 } } }), stage('after')];
    const runId = await beginning(outer);
    const innerOf = async (id: string): Promise<string> =>
      String((await world.run(id)).stages[0]?.attempts[0]?.run_id);
    const innerId = await innerOf(runId);
    await world.engine.advance(innerId);
    await world.finish(innerId);
    expect((await world.open(innerId))[0]?.payload).toEqual({ from: 5 });
    await world.finish(innerId, { result: 'done' });
    await world.engine.advance(runId);
    expect((await world.run(runId)).stages[0]).toMatchObject({ status: 'completed', output: { y: 'done' } });

    const cancelled = await beginning(outer);
    await world.engine.advance(await innerOf(cancelled));
    expect((await world.ask(`/runs/${cancelled}/cancel`, {})).status).toBe(202);
    expect((await world.run(cancelled)).status).toBe('cancelled');
    expect((await world.run(await innerOf(cancelled))).status).toBe('cancelled');
    expect(await world.open(await innerOf(cancelled))).toEqual([]);
  });

  it('end when they are cancelled: what waits at once, what is under way when it has ended', async () => {
    const runId = await beginning([stage('a'), stage('b'), stage('c')], {
      dependencies: [{ from: 0, to: 2 }],
    });
    const [first] = await world.open(runId);
    await world.db.execute(
      `UPDATE task SET status = 'running', lease_gen = 1, attempt = 1, started_at = now() WHERE id = $1`,
      [first?.id],
    );
    await world.db.execute(`INSERT INTO task_attempt (task_id, lease_gen, attempt) VALUES ($1, 1, 1)`, [
      first?.id,
    ]);
    await world.ask(`/runs/${runId}/cancel`, { reason: 'Wrong input.' });
    expect(await world.statuses(runId)).toEqual({ a: 'running', b: 'cancelled', c: 'skipped' });
    await world.db.execute(
      `UPDATE task SET status = 'completed', result = '1', finished_at = now() WHERE id = $1`,
      [first?.id],
    );
    await world.engine.advance(runId);
    // It was quicker than the cancel: it did complete.
    expect(await world.run(runId)).toMatchObject({
      ...{ status: 'cancelled', completed_stages: [0], progress: 0.33, error: { message: 'Wrong input.' } },
    });
    expect((await world.ask(`/runs/${runId}/cancel`, {})).status).toBe(202);
  });

  it('are run again from a stage on, with what came before, and compared', async () => {
    const runId = await beginning([stage('a'), stage('b'), stage('c')]);
    await world.finish(runId, { result: { rows: 1 } });
    await world.finish(runId, { result: { n: 1 } });
    expect((await world.ask(`/runs/${runId}/rerun`, {})).body['code']).toBe('run_not_over');
    await world.finish(runId, FAILS);
    const again = await world.ask(`/runs/${runId}/rerun`, { from_stage: 1, input: { changed: true } });
    expect([again.status, again.body]).toMatchObject([202, { completed_stages: [0], progress: 0.33 }]);
    const newId = again.body['run_id'] as string;
    await world.engine.advance(newId);
    await world.finish(newId, { result: { n: 2 } });
    expect(await world.finishAll(newId)).toMatchObject({ status: 'completed', rerun_of: runId, progress: 1 });
    expect(await world.taskCounts(newId)).toEqual({ b: 1, c: 1 });
    const { body } = await world.ask<Record<string, unknown>>(`/runs/${runId}/compare/${newId}`);
    expect(body['input']).toEqual([{ pointer: '/changed', b: true }]);
    expect(body['stages']).toMatchObject([
      { name: 'a', output: [] },
      { name: 'b', output: [{ pointer: '/n', a: 1, b: 2 }] },
      { name: 'c', a: { status: 'failed' }, b: { status: 'completed' } },
    ]);
  });

  it('fail a stage whose input grows too large, or that refers to what is not there', async () => {
    const large = await beginning([
      stage('a'),
      stage('b', { input: ['${stages.a.output}', '${stages.a.output}'] }),
    ]);
    await world.finish(large, { result: 'x'.repeat(200_000) });
    expect((await world.run(large)).stages[1]?.error?.code).toBe('template_too_large');
    const missing = await beginning([stage('a'), stage('b', { input: { x: '${stages.a.output.nothing}' } })]);
    await world.finish(missing);
    expect(await world.run(missing)).toMatchObject({
      status: 'failed',
      error: { code: 'reference_missing' },
    });
  });

  it('of five hundred stages beside each other, and of many that are skipped in a row, come to their end', async () => {
    const many = Array.from({ length: 500 }, (_, at) => stage(`s${String(at)}`));
    const wide = await beginning(many, { dependencies: [] });
    const waiting = await world.open(wide);
    expect(waiting).toHaveLength(500);
    await world.finish(wide);
    expect(await world.run(wide)).toMatchObject({ status: 'completed', progress: 1 });
    const skipped = await beginning(
      many.slice(0, 120).map((each) => ({ ...each, when: '${input.never} == true' })),
    );
    expect(await world.run(skipped)).toMatchObject({
      status: 'completed',
      completed_stages: [],
      progress: 1,
    });
  });

  it('are there for those who may see their pipeline, and for nobody else', async () => {
    const runId = await beginning([stage('a')]);
    const elsewhere = await world.ask(`/runs/${runId}`, undefined, 'admin@other');
    expect([elsewhere.status, elsewhere.body['code']]).toEqual([404, 'run_unknown']);
    expect((await world.ask(`/runs/${runId}/cancel`, {}, 'pipelines:read')).status).toBe(403);
    expect((await world.ask(`/runs/${runId}/stages/9`)).body['code']).toBe('stage_unknown');
    expect((await world.ask(`/runs/${runId}/stages/a`)).status).toBe(200);
  });
});
