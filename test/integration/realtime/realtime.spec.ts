import { request } from 'node:http';
import { storedStages } from '@app/contracts';
import { eventually } from '@app/testing';
import { type Listener } from './listener';
import { OTHER_WORKSPACE_ID, RealtimeWorld } from './realtime-world';

const PATIENCE = { deadlineMs: 60_000, everyMs: 50 };
const task = (status: string, more: object = {}) => ({
  ...{ task_id: 't-1', type: 'analysis', status, progress: 0.5, run_id: 'r-1', pipeline_id: null },
  ...more,
});
const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0));

describe('realtime', () => {
  let world: RealtimeWorld;
  const listeners: Listener[] = [];
  const keep = (listener: Listener): Listener => {
    listeners.push(listener);
    return listener;
  };
  const listen = async (...asked: Parameters<RealtimeWorld['listen']>): Promise<Listener> =>
    keep(await world.listen(...asked));

  beforeAll(async () => {
    world = await RealtimeWorld.start();
  }, 180_000);
  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.close();
  });
  afterAll(() => (world as RealtimeWorld | undefined)?.stop(), 60_000);

  describe('tells', () => {
    it('E15: everything that the caller may see, in the printed shapes, one number after the other', async () => {
      const listener = await listen(world.adminKey);
      await world.append('task.started', task('running', { assigned_agent: 'a-1' }));
      await world.append('agent.updated', { agent_id: 'a-1', status: 'active', current_load: 0.75 });
      await world.append('pipeline.run.progressed', {
        ...{ run_id: 'r-1', pipeline_id: 'p-1', current_stage: 2, ...storedStages([0, 1]), progress: 0.33 },
      });
      const error = { code: 'EXECUTION_ERROR', message: 'Invalid input data format' };
      await world.append('task.failed', task('failed', { error }));
      await eventually(() => {
        expect(listener.events).toHaveLength(4);
      }, PATIENCE);
      const timestamp = expect.any(String) as unknown;
      expect(listener.events).toEqual([
        expect.objectContaining({ type: 'task_update', task_id: 't-1', status: 'running', timestamp }),
        expect.objectContaining({ type: 'agent_update', agent_id: 'a-1', current_load: 0.75, timestamp }),
        expect.objectContaining({ type: 'pipeline_progress', completed_stages: [0, 1], run_id: 'r-1' }),
        expect.objectContaining({ type: 'task_update', status: 'failed' }),
      ]);
      expect(isRising(listener.sequences)).toBe(true);
      expect(listener.frames.at(-2)).toMatchObject({
        ...{ type: 'error', task_id: 't-1', error: 'Task execution failed', details: error },
      });
    });

    it('with every answer of the API from where to listen, and says nothing before it twice', async () => {
      await world.append('task.started', task('running', { task_id: 'before' }));
      await world.numbered();
      const read = async (): Promise<number> => {
        const answer = await fetch(`${world.second.url}/api/v1/mcp/instances`, {
          headers: { authorization: `Bearer ${world.adminKey}` },
        });
        await answer.text();
        return Number(answer.headers.get('quayside-sequence') ?? -1);
      };
      await eventually(async () => {
        expect(await read()).toBe(await world.head());
      }, PATIENCE);
      const listener = await listen(world.adminKey, { topics: ['tasks'], since: await read() });
      await world.append('task.started', task('running', { task_id: 'after' }));
      await eventually(() => {
        expect(listener.events.map(({ task_id: id }) => id)).toEqual(['after']);
      }, PATIENCE);
    });

    it('a subscriber what it picked, and another workspace nothing', async () => {
      const picky = await listen(world.adminKey, {
        topics: ['tasks'],
        filter: { task_id: ['t-2'], status: ['completed', 'failed'] },
      });
      const elsewhere = await world.issueKey('admin', { workspaceId: OTHER_WORKSPACE_ID });
      const foreign = await listen(elsewhere.key);
      await world.append('task.completed', task('completed', { task_id: 't-1' }));
      await world.append('task.started', task('running', { task_id: 't-2' }));
      await world.append('agent.updated', { agent_id: 'a-1', status: 'active', current_load: 0 });
      await world.append('task.completed', task('completed', { task_id: 't-2' }));
      await world.append('task.completed', task('completed', { task_id: 't-9' }), {
        workspaceId: OTHER_WORKSPACE_ID,
      });
      await foreign.reached(1);
      await picky.reached(1);
      expect(picky.events).toEqual([expect.objectContaining({ task_id: 't-2', status: 'completed' })]);
      expect(foreign.events).toEqual([expect.objectContaining({ task_id: 't-9' })]);
    });

    it('calls of tools to who is there, without a number', async () => {
      const listener = await listen(world.adminKey, { topics: ['tools'] });
      const other = await listen(world.adminKey, { topics: ['tasks'] });
      let made = 0;
      // What was there before anybody listened is not news, so one of the first may not be told.
      await eventually(
        async () => {
          made += 1;
          await world.database.db.execute(
            `INSERT INTO mcp_call (at, id, actor, face, method, target, server_name, outcome, duration_ms, workspace_id)
           SELECT now(), gen_random_uuid(), 'somebody', 'relay', 'tools/call', $1, 'echo', 'ok', 12, id
             FROM workspace WHERE name = 'default'`,
            [`tool-${String(made)}`],
          );
          expect(listener.frames.map(({ type }) => type)).toContain('tool_call');
        },
        { ...PATIENCE, everyMs: 300 },
      );
      const told = await listener.frame('tool_call');
      expect(told).toMatchObject({ server_name: 'echo', outcome: 'ok', duration_ms: 12, actor: 'somebody' });
      expect(told).not.toHaveProperty('sequence');
      expect(other.frames.map(({ type }) => type)).not.toContain('tool_call');
      const ids = listener.frames.filter(({ type }) => type === 'tool_call').map(({ call_id: id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('envelopes to who asks for them in the handshake', async () => {
      const listener = await listen(world.adminKey, undefined, { protocols: ['cloudevents.json'] });
      await world.append('task.started', task('running'));
      await eventually(() => {
        expect(listener.frames.at(-1)).toMatchObject({
          ...{ specversion: '1.0', type: 'task.started.v1', data: { task_id: 't-1' } },
          sequence: expect.stringMatching(/^\d+$/) as unknown,
        });
      }, PATIENCE);
    });

    it('no more after unsubscribe, and only rising numbers after another subscription', async () => {
      const listener = await listen(world.adminKey, { topics: ['tasks', 'agents'] });
      await world.append('task.started', task('running'));
      await listener.reached(1);
      listener.send({ type: 'unsubscribe', topics: ['tasks'] });
      listener.send({ type: 'ping' });
      await listener.frame('pong');
      await world.append('task.started', task('running'));
      await world.append('agent.updated', { agent_id: 'a-1', status: 'active', current_load: 0 });
      await eventually(() => {
        expect(listener.events.map(({ type }) => type)).toEqual(['task_update', 'agent_update']);
      }, PATIENCE);
      listener.send({ type: 'subscribe', since: 0 });
      await world.append('task.started', task('running', { task_id: 'last' }));
      await eventually(() => {
        expect(listener.events.at(-1)).toMatchObject({ task_id: 'last' });
      }, PATIENCE);
      expect(isRising(listener.sequences)).toBe(true);
      expect(listener.events).toHaveLength(3);
    });
  });

  describe('continues', () => {
    it('E15: after each loss with every event once, whichever process is asked', async () => {
      const total = 2_500;
      await world.numbered();
      let since = await world.head();
      const begin = since;
      const appended = (async () => {
        for (let batch = 0; batch < 5; batch += 1)
          await world.append('task.progressed', task('running'), { times: total / 5 });
      })();
      const seen: number[] = [];
      for (let round = 0; seen.length < total && round < 200; round += 1) {
        const { port } = round % 2 === 0 ? world.first : world.second;
        const listener = await listen(world.adminKey, { topics: ['tasks'], since }, { port });
        await eventually(() => {
          expect(listener.events.length).toBeGreaterThan(0);
        }, PATIENCE);
        // Cut off in the middle of whatever is on its way.
        listener.close();
        seen.push(...listener.sequences);
        since = seen.at(-1) ?? since;
      }
      await appended;
      expect(seen).toEqual(Array.from({ length: total }, (_, at) => begin + 1 + at));
    }, 120_000);

    it('E15: from the log where memory does not reach, and names what is no more', async () => {
      await world.append('task.started', task('running'), { times: 20 });
      await world.numbered();
      const head = await world.head();
      await world.database.db.execute(`DELETE FROM domain_event WHERE sequence <= $1`, [head - 10]);
      const listener = await listen(world.adminKey, { topics: ['tasks'], since: head - 15 });
      await listener.reached(head);
      expect(await listener.frame('gap')).toEqual({ type: 'gap', from: head - 14, to: head - 10 });
      expect(listener.sequences).toEqual(Array.from({ length: 10 }, (_, at) => head - 9 + at));
    });

    it('says so where the number is from a log that is no more', async () => {
      await world.numbered();
      const head = await world.head();
      const listener = await listen(world.adminKey, { since: head + 1_000 });
      expect(await listener.frame('gap')).toMatchObject({ to: head + 1_000 });
      await world.append('task.started', task('running'));
      await listener.reached(head + 1);
    });

    it('says when the store is away and when it is back, and misses nothing', async () => {
      const listener = await listen(world.adminKey, { topics: ['tasks'] }, { port: world.first.port });
      world.line.cut();
      try {
        await listener.frame('degraded');
        await world.append('task.completed', task('completed', { task_id: 'meanwhile' }));
      } finally {
        world.line.mend();
      }
      await listener.frame('resumed');
      await eventually(() => {
        expect(listener.events.at(-1)).toMatchObject({ task_id: 'meanwhile' });
      }, PATIENCE);
    }, 120_000);
  });

  describe('by server-sent events', () => {
    it('is the same, continued by Last-Event-ID', async () => {
      await world.numbered();
      const since = await world.head();
      await world.append('task.started', task('running', { task_id: 'sse-1' }));
      await world.append('task.started', task('running', { task_id: 'sse-2' }));
      const text = await readEvents(world, { 'last-event-id': String(since) }, 'topics=tasks', 'sse-2');
      expect(text).toContain(`id: ${String(since)}\nevent: ready\n`);
      expect(text).toMatch(
        new RegExp(
          `id: ${String(since + 1)}\nevent: task_update\ndata: {"type":"task_update","task_id":"sse-1"`,
        ),
      );
      const envelopes = await readEvents(
        world,
        {},
        `topics=tasks&format=cloudevents&task_id=sse-2&since=${String(since)}`,
        'sse-2',
      );
      expect(envelopes).toContain('"specversion":"1.0"');
      expect(envelopes).not.toContain('sse-1');
    });

    it.each([
      ['last-event-id', 'topics=tasks', { 'last-event-id': 'x' }, 400],
      ['a topic that may not be read', 'topics=audit', {}, 403],
    ])('refuses %s', async (_what, query, headers, status) => {
      const { key } = await world.issueKey('viewer');
      const answer = await fetch(`${world.second.url}/api/v1/events?${query}`, {
        headers: { authorization: `Bearer ${key}`, ...headers },
      });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        'application/problem+json',
      ]);
    });
  });

  it('serves requests that ask for another protocol as if they did not', async () => {
    const status = await new Promise((resolve, reject) => {
      const { port } = world.second;
      request({
        ...{ host: '127.0.0.1', port, method: 'POST', path: '/api/v1/auth/token' },
        headers: {
          ...{ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' },
          'content-type': 'application/json',
        },
      })
        .on('response', (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
        .on('error', reject)
        .end('{"username": "nobody", "password": "seven grey herons"}');
    });
    expect(status).toBe(401);
  });

  /** The last: there is one process less after it. */
  it('says that the process restarts when it ends, and the next process goes on without a loss', async () => {
    const leaving = await listen(world.adminKey, { topics: ['tasks'] }, { port: world.first.port });
    await world.append('task.started', task('running', { task_id: 'before-the-end' }));
    await eventually(() => {
      expect(leaving.events.map(({ task_id: id }) => id)).toContain('before-the-end');
    }, PATIENCE);
    const since = leaving.sequences.at(-1) ?? 0;
    const ended = world.first.end();
    expect(await leaving.ended()).toMatchObject({ code: 1012 });
    await world.append('task.started', task('running', { task_id: 'meanwhile' }));
    await ended;
    const back = await listen(world.adminKey, { topics: ['tasks'], since });
    await eventually(() => {
      expect(back.events.map(({ task_id: id }) => id)).toEqual(['meanwhile']);
    }, PATIENCE);
  });
});

async function readEvents(
  world: RealtimeWorld,
  headers: Readonly<Record<string, string>>,
  query: string,
  until: string,
): Promise<string> {
  const answer = await fetch(`${world.second.url}/api/v1/events?${query}`, {
    headers: { authorization: `Bearer ${world.adminKey}`, ...headers },
    signal: AbortSignal.timeout(PATIENCE.deadlineMs),
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes(until)) break;
  }
  return text;
}
