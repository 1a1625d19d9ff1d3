import { type Body, PRINTED, TASKS, TasksWorld } from './tasks-world';

const OTHERS = { authorization: 'Bearer admin@other' };

describe('tasks', () => {
  let world: TasksWorld;
  beforeAll(async () => {
    world = await TasksWorld.start();
  }, 120_000);
  afterAll(() => world.stop());

  const list = async (query: string): Promise<Body> =>
    (await world.plane.request<Body>('GET', `${TASKS}?${query}`)).body;
  const idsIn = (body: Body): string[] =>
    (body['tasks'] as { task_id: string }[]).map(({ task_id: id }) => id);

  describe('when they are submitted', () => {
    it('are taken as the required document prints them, and read as it prints them', async () => {
      const { status, headers, body } = await world.post('', PRINTED);
      const id = String(body['task_id']);
      expect([status, body, headers['location']]).toEqual([
        201,
        { task_id: id, status: 'pending', href: `${TASKS}/${id}` },
        `${TASKS}/${id}`,
      ]);
      expect(await world.get(id)).toMatchObject({
        ...{ task_id: id, pipeline_id: 'pipeline-123', stage: 1, status: 'pending', progress: 0 },
        ...{ assigned_agent: null, started_at: null, logs: [], error: null, result: null, attempt: 0 },
        ...{
          type: 'data-ingestion',
          priority: 'high',
          timeout: 300,
          retry_count: 3,
          payload: PRINTED.payload,
        },
        waiting_for: expect.stringMatching(/\w+/) as string,
      });
      expect(await world.eventsOf(id)).toEqual(['submitted']);
    });

    it('name what is wrong with them, and what was meant', async () => {
      const { status, body } = await world.post('', { ...PRINTED, retry_cout: 1, priorty: 'high' });
      expect([status, body['code']]).toEqual([400, 'unknown_field']);
      expect(body['errors']).toMatchObject([
        { pointer: '/retry_cout', detail: expect.stringContaining('"retry_count"') as string },
        { pointer: '/priorty', detail: expect.stringContaining('"priority"') as string },
      ]);
      const wrong = { type: 'No!', payload: [], priority: 'urgent', timeout: 0, retry_count: -1, stage: {} };
      const refused = await world.post('', wrong);
      expect(refused.status).toBe(422);
      expect((refused.body['errors'] as Body[]).map(({ pointer }) => pointer).sort()).toEqual(
        Object.keys(wrong)
          .map((name) => `/${name}`)
          .sort(),
      );
    });

    it('are refused with a payload that is too large, or for an agent that is not there', async () => {
      const large = await world.post('', { type: 'a', payload: { text: 'x'.repeat(270_000) } });
      expect([large.status, large.body['code']]).toEqual([413, 'task_document_too_large']);
      const lonely = await world.post('', { type: 'a', payload: {}, agent_id: 'nobody' });
      expect([lonely.status, lonely.body['code']]).toEqual([422, 'task_agent_unknown']);
    });

    it('are one task however often the same key comes', async () => {
      const headers = { 'idempotency-key': 'the-same' };
      const answers = [
        await world.post('', { type: 'once', payload: {} }, headers),
        await world.post('', { type: 'once', payload: {} }, headers),
      ];
      expect(new Set(answers.map(({ body }) => body['task_id'])).size).toBe(1);
      expect(idsIn(await list('type=once'))).toHaveLength(1);
    });

    it('are tried again once however often the same key comes, also when the first answer was lost', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        const id = await world.submitted({ type: 'repeated' });
        await world.post(`/${id}/cancel`);
        ids.push(id);
      }
      const [one = '', ...others] = ids;
      const again = async (): Promise<unknown> => {
        const single = await world.post(`/${one}/retry`, {}, { 'idempotency-key': 'one' });
        const many = await world.post(
          ...(['/dead-letters/retry', { ids: others }, { 'idempotency-key': 'many' }] as const),
        );
        return [single.status, single.body['task_id'], many.body['results']];
      };
      const first = await again();
      await world.db.execute(`UPDATE idempotency_key SET response = NULL, claimed_until = '-infinity'`);
      expect(await again()).toEqual(first);
      expect(first).toMatchObject([201, expect.any(String), [{ status: 201 }, { status: 201 }]]);
    });

    it('are accepted and refused for themselves in a batch', async () => {
      const tasks = [
        { type: 'batched', payload: { n: 0 } },
        { type: 'batched', payload: {}, priority: 'urgent' },
        { type: 'batched', payload: {}, prority: 'high' },
        { type: 'batched', payload: { n: 3 }, agent_id: 'nobody' },
        { type: 'batched', payload: { n: 4 } },
      ];
      const { status, body } = await world.post('/batch', { tasks });
      const results = body['results'] as {
        index: number;
        status: number;
        problem?: Body;
        task_id?: string;
      }[];
      expect(status).toBe(200);
      expect(results.map(({ index, status: one }) => [index, one])).toEqual([
        [0, 201],
        [1, 422],
        [2, 400],
        [3, 422],
        [4, 201],
      ]);
      expect(body['summary']).toEqual({ accepted: 2, failed: 3 });
      expect(idsIn(await list('type=batched')).sort()).toEqual(
        results.flatMap(({ task_id: id }) => id ?? []).sort(),
      );
    });

    it('are as many as the quota has, of a hundred that come at once', async () => {
      await world.plane.request('PUT', '/api/v1/quotas/workspace/00000000-0000-4000-8000-000000000001', {
        limits: { tasks_per_day: 60 },
      });
      const [used] = await world.db.query<{ count: number }>(`SELECT count(*)::int AS count FROM task`);
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => world.post('', { type: 'counted', payload: {} })),
      );
      const statuses = answers.map(({ status }) => status);
      const accepted = statuses.filter((status) => status === 201).length;
      expect(statuses.filter((status) => status === 429)).toHaveLength(100 - accepted);
      // Those before the limit was set were counted for nobody.
      expect([60, 60 - (used?.count ?? 0)]).toContain(accepted);
      expect(idsIn(await list('type=counted&limit=200'))).toHaveLength(accepted);
      await world.plane.request('DELETE', '/api/v1/quotas/workspace/00000000-0000-4000-8000-000000000001');
    });
  });

  describe('when they are read', () => {
    it('come page by page, each once, also while new ones come', async () => {
      const made: string[] = [];
      for (let n = 0; n < 5; n += 1) made.push(await world.submitted({ type: 'paged' }));
      const first = await list('type=paged&limit=2');
      await world.submitted({ type: 'paged' });
      const second = await list(`type=paged&limit=2&cursor=${String(first['next_cursor'])}`);
      const third = await list(`type=paged&limit=2&cursor=${String(second['next_cursor'])}`);
      expect([...idsIn(first), ...idsIn(second), ...idsIn(third)]).toEqual(made.reverse());
      expect(third['next_cursor']).toBeNull();
    });

    it('are found by status, mark and agent', async () => {
      const agentId = await world.agent('found');
      const { id } = await world.running({ type: 'found', pipeline_id: 'p-1' }, agentId);
      const waiting = await world.submitted({ type: 'found', pipeline_id: 'p-2' });
      expect(idsIn(await list('type=found&status=running'))).toEqual([id]);
      expect(idsIn(await list('type=found&status=pending,retrying'))).toEqual([waiting]);
      expect(idsIn(await list('pipeline_id=p-1'))).toEqual([id]);
      expect(idsIn(await list(`agent_id=${agentId}`))).toEqual([id]);
    });

    it('do not exist for another workspace', async () => {
      const { id, token } = await world.running();
      const read = await world.plane.request<Body>('GET', `${TASKS}/${id}`, undefined, OTHERS);
      expect([read.status, read.body['code']]).toEqual([404, 'task_not_found']);
      for (const [path, body] of [
        ['cancel', {}],
        ['retry', {}],
        ['complete', { lease_token: token, result: 1 }],
        ['progress', { lease_token: token, progress: 1 }],
      ] as const)
        expect((await world.post(`/${id}/${path}`, body, OTHERS)).status).toBe(404);
      expect(await world.get(id)).toMatchObject({ status: 'running' });
    });
  });

  describe('while they run', () => {
    it('show what their agent says of them', async () => {
      const { id, token } = await world.running();
      const said = { lease_token: token, progress: 0.25, message: 'Reading' };
      expect((await world.post(`/${id}/progress`, said)).body).toEqual({
        cancel: false,
        cancel_reason: null,
      });
      await world.post(`/${id}/progress`, { lease_token: token, progress: 0.75 });
      const entries = [{ message: 'Task started' }, { level: 'warn', message: 'é'.repeat(5_000) }];
      const logged = await world.post(`/${id}/logs`, { lease_token: token, entries });
      expect(logged.body).toMatchObject({ accepted: 2 });
      await world.flush();
      const task = await world.get(id);
      expect(task).toMatchObject({ progress: 0.75, progress_message: 'Reading', status: 'running' });
      expect(task['logs']).toMatchObject([{ level: 'info', message: 'Task started' }, { level: 'warn' }]);
      expect(
        Buffer.byteLength((task['logs'] as { message: string }[])[1]?.message ?? ''),
      ).toBeLessThanOrEqual(8_192);
      // What is gathered goes out twice a second: that may fall between the two reports.
      const [first, ...told] = await world.eventsOf(id);
      expect([first, new Set(told)]).toEqual(['submitted', new Set(['progressed'])]);
      expect(told.length).toBeLessThanOrEqual(2);
    });

    it('have a log that is read on from where one stopped', async () => {
      const { id, token } = await world.running();
      const log = (...messages: string[]) =>
        world.post(`/${id}/logs`, { lease_token: token, entries: messages.map((message) => ({ message })) });
      const read = async (after: string): Promise<[unknown[], string]> => {
        const { body } = await world.plane.request<Body>('GET', `${TASKS}/${id}/logs?limit=2&after=${after}`);
        return [(body['logs'] as Body[]).map(({ message }) => message), String(body['next_after'])];
      };
      await log('a', 'b');
      await log('c');
      await world.flush();
      const [first, place] = await read('0');
      const [second, end] = await read(place);
      expect([first, second, await read(end)]).toEqual([['a', 'b'], ['c'], [[], end]]);
    });

    it('keep ten thousand lines, and say how many were taken', async () => {
      const { id, token } = await world.running();
      await world.db.execute(`UPDATE task SET log_lines = 9999 WHERE id = $1`, [id]);
      const entries = [{ message: 'the last' }, { message: 'one too many' }];
      const { body } = await world.post(`/${id}/logs`, { lease_token: token, entries });
      expect(body['accepted']).toBe(1);
      await world.flush();
      expect((await world.get(id))['logs']).toMatchObject([{ message: 'the last' }]);
    });

    it('are nobody else’s', async () => {
      const { id, token } = await world.running();
      const other = await world.running();
      for (const wrong of [other.token, 'lt_1.x', token.replace('lt_1', 'lt_2')]) {
        const { status, body } = await world.post(`/${id}/complete`, { lease_token: wrong, result: 1 });
        expect([status, body['code']]).toEqual([409, 'lease_lost']);
      }
      expect(await world.get(id)).toMatchObject({ status: 'running' });
    });
  });
});
