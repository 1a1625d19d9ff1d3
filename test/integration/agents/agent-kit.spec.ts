import { type TaskContext, TaskFailure } from '@app/agent-kit';
import { eventually, freePort } from '@app/testing';
import { exampleAgent } from '../../../src/bundled/example-agent';
import { KitWorld } from './kit-world';

jest.setTimeout(240_000);

const DEADLINE = { deadlineMs: 90_000, everyMs: 100 };

let world: KitWorld;

beforeAll(async () => {
  world = await KitWorld.start();
});

afterAll(async () => {
  await world.stop();
});

/** A handler that waits for its task to be stopped. */
const untilStopped = ({ signal }: TaskContext): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('stopped'));
    });
  });

describe('an agent of the kit', () => {
  it('takes tasks, tells how far it is, and how they ended', async () => {
    await world.agent({
      name: 'puller',
      capabilities: ['counting'],
      tasks: {
        counting: (task) => {
          task.progress(0.5, 'half');
          task.log('counted');
          return { counted: Number(task.payload['up_to'] ?? 0) };
        },
        'bad-input': () => {
          throw new TaskFailure('INVALID_FORMAT', 'No table.', false);
        },
      },
    });
    const counted = await world.submit('counting', { payload: { up_to: 3 }, capabilities: ['counting'] });
    const bad = await world.submit('bad-input', { capabilities: ['counting'] });
    const unknown = await world.submit('juggling', { capabilities: ['counting'] });
    const done = await world.becomes(counted, 'completed');
    expect(done).toMatchObject({ result: { counted: 3 }, progress: 1 });
    expect(done.logs.map(({ message }) => message)).toContain('counted');
    expect(await world.becomes(bad, 'failed')).toMatchObject({
      error: { code: 'INVALID_FORMAT' },
      attempt: 1,
    });
    expect(await world.becomes(unknown, 'failed')).toMatchObject({ error: { code: 'type_unknown' } });
  });

  it('hears that a task is cancelled, and goes on with others', async () => {
    await world.agent({ name: 'waiter', capabilities: ['waiting'], tasks: untilStopped, concurrency: 1 });
    const task = await world.submit('wait', { capabilities: ['waiting'] });
    await world.becomes(task, 'running');
    await world.call('POST', `/tasks/${task}/cancel`, {});
    await world.becomes(task, 'cancelled');
    const next = await world.submit('wait', { capabilities: ['waiting'] });
    await world.becomes(next, 'running');
    await world.call('POST', `/tasks/${next}/cancel`, {});
    await world.becomes(next, 'cancelled');
  });

  it('is sent tasks, and believes only what is signed', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${String(port)}/task`;
    await world.agent({
      name: 'pushed',
      capabilities: ['receiving'],
      push: { url, port, host: '127.0.0.1' },
      tasks: ({ payload }) => ({ got: payload['word'] ?? null }),
    });
    const task = await world.submit('receive', { payload: { word: 'hello' }, capabilities: ['receiving'] });
    expect(await world.becomes(task, 'completed')).toMatchObject({ result: { got: 'hello' } });
    const forged = await fetch(url, { method: 'POST', body: '{}', headers: { 'webhook-id': 'x' } });
    expect(forged.status).toBe(401);
  });

  it('ends in order: takes nothing more, and what it cannot end is given to another', async () => {
    let begun = false;
    const said: string[] = [];
    const leaving = await world.agent({
      ...{ name: 'leaving', capabilities: ['lasting'], graceS: 0, log: (line) => said.push(line) },
      tasks: (task) => {
        begun = true;
        return untilStopped(task);
      },
    });
    const task = await world.submit('last', { capabilities: ['lasting'] });
    // Given is not taken: what an agent that ends has not heard of yet goes back without an attempt.
    await eventually(() => {
      if (!begun) throw new Error('it has not begun');
    }, DEADLINE);
    await leaving.stop();
    expect(await world.call('GET', '/agents/leaving')).toMatchObject({
      status: 'draining',
      running_tasks: 0,
    });
    await world.agent({ name: 'taking-over', capabilities: ['lasting'], tasks: () => 'done' });
    // It was begun and handed back: that attempt does not count.
    expect(await world.becomes(task, 'completed')).toMatchObject({ result: 'done', attempt: 1 });
    expect(said).toEqual([]);
  });

  it('registers again when somebody has deregistered it', async () => {
    const agent = await world.agent({ name: 'returning', tasks: () => null });
    const { id } = agent;
    await world.call('DELETE', '/agents/returning');
    const back = await eventually(() => world.call<{ id: string }>('GET', '/agents/returning'), DEADLINE);
    expect(back.id).not.toBe(id);
  });

  it('does the six stages when it is the bundled one', async () => {
    await world.agent(exampleAgent({ url: world.url, key: world.key }));
    const types = ['data-ingestion', 'transformation', 'analysis', 'validation', 'processing', 'output'];
    let payload: unknown = { source: 's3://bucket/data.csv' };
    for (const type of types) {
      const id = await world.submit(type, { payload, capabilities: [type] });
      payload = (await world.becomes(id, 'completed')).result;
    }
    const anyNumber: unknown = expect.any(Number);
    expect(payload).toMatchObject({ delivered: anyNumber, sum: anyNumber });
  });
});

describe('requests that wait', () => {
  /** Far longer than a notice takes; without it the requests below would wait until then. */
  const WAIT_S = 30;

  const ask = async (key: string, path: string, body: object) => {
    const answer = await fetch(`${world.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('end with nothing when the key that asked is revoked', async () => {
    const { id, token } = await world.call<{ id: string; token: string }>('POST', '/agents/register', {
      ...{ name: 'turned-away', type: 'worker', capabilities: ['turning-away'] },
    });
    const developer = await world.issueKey('developer');
    const startedAtMs = performance.now();
    const leased = ask(token, `/agents/${id}/lease`, { wait_s: WAIT_S });
    const json_spec = { type: 'docker', image: 'example/nobody-starts-it:1' };
    const made = ask(developer, `/mcp/instances?wait=${WAIT_S}`, { name: 'waited-for', json_spec });
    await eventually(async () => {
      expect(await world.database.db.query(`SELECT FROM agent_ask WHERE agent_id = $1`, [id])).toHaveLength(
        1,
      );
      await world.call('GET', '/mcp/instances/waited-for');
    }, DEADLINE);
    for (const key of [token, developer]) await world.call('DELETE', `/api-keys/${key.split('_')[1] ?? ''}`);

    expect(await leased).toEqual({ status: 200, body: { tasks: [] } });
    expect((await made).status).toBe(201);
    expect(performance.now() - startedAtMs).toBeLessThan(WAIT_S * 1_000);
    expect((await ask(token, `/agents/${id}/lease`, { wait_s: 0 })).status).toBe(401);
  });
});
