import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';
import { eventually } from '@app/testing';
import { LostLeases } from '../../../src/tasks/dispatch/lost-leases';
import { OTHER_WORKSPACE_ID } from '../control-plane';
import { DispatchWorld, type Leased } from './dispatch-world';

const WAIT = { deadlineMs: 90_000 };
const MAX_CONCURRENT = 100;

/** Two workers run passes at once throughout. */
describe('dispatch', () => {
  let world: DispatchWorld;
  beforeAll(async () => {
    world = await DispatchWorld.start({ maxConcurrentTasks: MAX_CONCURRENT, workers: 2 });
  }, 120_000);
  afterEach(() => world.clear());
  afterAll(() => world.stop());

  const idsOf = (tasks: readonly Leased[]): readonly string[] => tasks.map(({ task_id: id }) => id);

  it('gives one task to one of 100 agents that wait for it, and keeps how each was judged', async () => {
    const agents = await Promise.all(Array.from({ length: 100 }, () => world.agent()));
    const answers: { agent: string; tasks: readonly Leased[] }[] = [];
    const polls = agents.map(async (agent) => answers.push({ agent, tasks: await world.lease(agent) }));
    await eventually(async () => {
      const [row] = await world.plane.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM agent_ask`);
      expect(row?.n).toBe(100);
    }, WAIT);
    const id = await world.submit();
    await eventually(() => {
      expect(answers.length).toBe(1);
    }, WAIT);
    expect(idsOf(answers[0]?.tasks ?? [])).toEqual([id]);
    expect(await world.get(id)).toMatchObject({
      ...{ status: 'running', attempt: 1, assigned_agent: answers[0]?.agent },
    });
    const [kept] = await world.plane.db.query<{ candidates: readonly object[] }>(
      `SELECT candidates FROM task_attempt WHERE task_id = $1`,
      [id],
    );
    expect(kept?.candidates.length).toBe(10);
    expect(kept?.candidates[0]).toMatchObject({ agent_id: answers[0]?.agent, parts: { free: 1 } });
    // The others have been waiting for theirs all the time.
    await world.submitMany(99);
    await Promise.all(polls);
    expect(new Set(answers.flatMap(({ tasks }) => idsOf(tasks))).size).toBe(100);
    expect(answers.every(({ tasks }) => tasks.length === 1)).toBe(true);
    expect(await world.count(`status = 'running' AND lease_gen = 1`)).toBe(100);
  }, 120_000);

  it('runs as many at once as MAX_CONCURRENT_TASKS says, never more, while agents come and go', async () => {
    await world.submitMany(150);
    const agents = await Promise.all(Array.from({ length: 6 }, () => world.agent({ maxTasks: 50 })));
    let most = 0;
    const work = async (agent: string): Promise<void> => {
      for (;;) {
        const tasks = await world.lease(agent, { max: 20, wait_s: 1 });
        most = Math.max(most, await world.count(`status = 'running'`));
        if (tasks.length === 0 && (await world.count(`status <> 'completed'`)) === 0) return;
        await Promise.all(tasks.map((task) => world.complete(task)));
      }
    };
    await Promise.all(agents.map(work));
    expect(most).toBeLessThanOrEqual(MAX_CONCURRENT);
    expect(await world.count(`status = 'completed' AND attempt = 1 AND lease_gen = 1`)).toBe(150);
  }, 120_000);

  it('keeps limits of types and keys exactly, shows them, and says which of them a task waits for', async () => {
    expect((await world.send('PUT', '/tasks/limits/type/analysis', { max_running: 3 })).status).toBe(200);
    expect((await world.send('PUT', '/tasks/limits/key/tenant-7', { max_running: 1 })).status).toBe(200);
    await world.submitMany(10);
    await world.submitMany(4, { type: 'output', concurrency_key: 'tenant-7' });
    const agent = await world.agent({ maxTasks: 100 });
    const first = await world.lease(agent, { max: 50 });
    expect(first.length).toBe(4);
    expect(await world.lease(agent, { max: 50, wait_s: 1 })).toEqual([]);
    const { body } = await world.send('GET', '/tasks/limits');
    expect(body['limits']).toEqual([
      expect.objectContaining({ kind: 'type', name: 'analysis', max_running: 3, running: 3 }),
      expect.objectContaining({ kind: 'key', name: 'tenant-7', max_running: 1, running: 1 }),
    ]);
    const waiting = await world.plane.db.query<{ id: string }>(
      `SELECT min(id::text) AS id FROM task WHERE status = 'pending' GROUP BY type ORDER BY type`,
    );
    const sentences = await Promise.all(waiting.map(async ({ id }) => (await world.get(id))['waiting_for']));
    expect(sentences).toEqual([
      'The limit of type "analysis" is reached: 3 of 3 run.',
      'The limit of key "tenant-7" is reached: 1 of 1 run.',
    ]);
    const open = world.lease(agent, { max: 50 });
    expect((await world.send('DELETE', '/tasks/limits/type/analysis')).status).toBe(204);
    expect((await open).length).toBe(7);
  }, 120_000);

  it('keeps the quota of running tasks', async () => {
    const path = '/quotas/workspace/00000000-0000-4000-8000-000000000001';
    await world.send('PUT', path, { limits: { running_tasks: 2 } });
    await world.submitMany(5);
    const agent = await world.agent();
    expect((await world.lease(agent, { max: 5 })).length).toBe(2);
    const open = world.lease(agent, { max: 5 });
    await world.send('DELETE', path);
    expect((await open).length).toBe(3);
  }, 120_000);

  it('gives what somebody can do past 6,000 tasks in 3,000 lanes that nobody can', async () => {
    await world.submit({ capabilities: ['nobody-has-this'], priority: 'high' });
    await world.plane.db.execute(
      `INSERT INTO task (id, workspace_id, type, payload, capabilities, priority, lane, rank, due_at, retry_count, timeout_s,
                         submitted_by, correlation_id)
       SELECT gen_random_uuid(), workspace_id, type, payload, capabilities, priority, lane || (n % 3000), rank - interval '1 hour',
              due_at - interval '1 hour', 0, 60, submitted_by, correlation_id
         FROM task, generate_series(1, 6000) AS n`,
    );
    const agent = await world.agent({ capabilities: ['ocr'] });
    const open = world.lease(agent);
    const id = await world.submit({ capabilities: ['ocr'], priority: 'low' });
    expect(idsOf(await open)).toEqual([id]);
    const [stuck] = await world.plane.db.query<{ id: string }>(
      `SELECT id FROM task WHERE status = 'pending' LIMIT 1`,
    );
    expect((await world.get(stuck?.id ?? ''))['waiting_for']).toBe(
      'No agent has capability "nobody-has-this".',
    );
  }, 120_000);

  it('gives nothing of one workspace to an agent of another', async () => {
    const foreign = await world.agent({ workspace: OTHER_WORKSPACE_ID });
    const id = await world.submit();
    expect((await world.send('POST', `/agents/${foreign}/lease`, {})).status).toBe(404);
    expect((await world.get(id))['waiting_for']).toBe('No agent is registered.');
  }, 120_000);

  it('says who would get a task and why not the others, and gives it to nobody', async () => {
    const url = 'http://127.0.0.1:9/task';
    const free = await world.agent({ capabilities: ['ocr'], url });
    const away = await world.agent({ capabilities: ['ocr'], url, status: 'lost' });
    const other = await world.agent({ capabilities: ['sums'], url });
    const aScore: unknown = expect.any(Number);
    const match = await world.send('POST', '/tasks/match', { type: 'reading', capabilities: ['ocr'] });
    expect(match).toMatchObject({
      status: 200,
      body: {
        agent_id: free,
        agents: [
          { agent_id: free, verdict: 'chosen', score: aScore, running_tasks: 0 },
          { agent_id: away, verdict: 'lost' },
          { agent_id: other, verdict: 'no_capability', missing_capabilities: ['ocr'], score: null },
        ],
      },
    });
    const nobody = await world.send('POST', '/tasks/match', { type: 'reading', capabilities: ['song'] });
    expect(nobody.body).toMatchObject({ agent_id: null, waiting_for: { code: 'no_capable_agent' } });
    expect(await world.count('true')).toBe(0);
  }, 60_000);

  it('gives nothing before it is due, and then at once', async () => {
    const agent = await world.agent();
    const id = await world.submit({ run_at: new Date(Date.now() + 2_500).toISOString() });
    expect(await world.lease(agent, { wait_s: 0 })).toEqual([]);
    expect((await world.get(id))['waiting_for']).toMatch(/^It is not due until /);
    expect(idsOf(await world.lease(agent))).toEqual([id]);
  }, 120_000);

  it('gives nothing to a caller that hung up', async () => {
    const agent = await world.agent();
    const gone = new AbortController();
    const poll = fetch(`${world.url}/agents/${agent}/lease`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ wait_s: 30 }),
      signal: gone.signal,
    });
    const asks = () => world.plane.db.query(`SELECT id FROM agent_ask`);
    await eventually(async () => {
      expect(await asks()).toHaveLength(1);
    }, WAIT);
    gone.abort();
    await expect(poll).rejects.toThrow();
    await eventually(async () => {
      expect(await asks()).toEqual([]);
    }, WAIT);
    const id = await world.submit();
    expect(idsOf(await world.lease(agent))).toEqual([id]);
  }, 120_000);

  it('takes back what a process was given that is gone, without counting the attempt', async () => {
    const agent = await world.agent();
    await world.plane.db.execute(
      `INSERT INTO agent_ask (id, agent_id, slots, expires_at) VALUES (gen_random_uuid(), $1, 1, now() + interval '1 minute')`,
      [agent],
    );
    const id = await world.submit();
    await eventually(async () => {
      expect(await world.get(id)).toMatchObject({ status: 'running', attempt: 1 });
    }, WAIT);
    await world.plane.db.execute(`UPDATE agent_ask SET expires_at = now() - interval '1 minute'`);
    await (await world.part(LostLeases)).look();
    expect(await world.get(id)).toMatchObject({
      status: 'pending',
      attempt: 0,
      attempts: [{ outcome: 'handed_back' }],
    });
    expect((await world.lease(agent))[0]).toMatchObject({ task_id: id, attempt: 1 });
  }, 120_000);

  it('finds by itself what no notice told of', async () => {
    const pubsub = world.plane.app.get(PubSub, { strict: false });
    const lost = jest.spyOn(pubsub, 'publish').mockResolvedValue();
    try {
      const agent = await world.agent();
      const open = world.lease(agent);
      const id = await world.submit();
      expect(idsOf(await open)).toEqual([id]);
      expect(lost).toHaveBeenCalledWith(CHANNELS.dispatch, '');
    } finally {
      lost.mockRestore();
    }
  }, 120_000);
});
