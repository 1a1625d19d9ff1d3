import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { AgentRoster } from '../../../src/agents';
import { faultsOfCard } from './agent-card';
import { AgentsWorld, API, PRINTED } from './agents-world';

jest.setTimeout(180_000);

let world: AgentsWorld;

beforeAll(async () => {
  world = await AgentsWorld.start();
});

afterAll(async () => {
  await world.stop();
});

const beat = (id: string, token: string, body: object = { current_load: 0.5 }) =>
  world.identity.api.post(`${API}/${id}/heartbeat`, body, { as: token });

describe('registering an agent', () => {
  it('takes the printed body, and tells token and signing secret once', async () => {
    const first = await world.register(PRINTED);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ name: 'agent-name', status: 'active', resources: PRINTED.resources });
    expect(first.body['endpoints']).toEqual(PRINTED.endpoints);
    expect(first.body['heartbeat_interval_s']).toBe(5);
    expect(String(first.body['lease_url'])).toMatch(/\/api\/v1\/agents\/[0-9a-f-]{36}\/lease$/);
    expect(String(first.body['token'])).not.toBe('undefined');
    expect(String(first.body['signing_secret'])).toMatch(/^whsec_/);

    const again = await world.register({ ...PRINTED, capabilities: ['data-processing'] });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: first.body['id'], capabilities: ['data-processing'] });
    expect(again.body).not.toHaveProperty('token');
    expect(again.body).not.toHaveProperty('signing_secret');

    const itself = await world.register(PRINTED, String(first.body['token']));
    expect(itself.status).toBe(200);
    const names = (await world.events(String(first.body['id']))).map(({ name }) => name);
    expect(names).toEqual(['agent.registered', 'agent.updated', 'agent.updated']);
  });

  it('refuses what cannot be stored, and names it', async () => {
    const faults = [
      [{ name: 'Upper Case', type: 'worker' }, '/name'],
      [{ type: 'worker' }, '/name'],
      [{ name: 'register', type: 'worker' }, '/name'],
      [{ name: 'odd', type: 'boss' }, '/type'],
      [{ name: 'odd', capabilities: ['two words'] }, '/capabilities'],
      [{ name: 'odd', endpoints: { task: 'ftp://agent/task' } }, '/endpoints/task'],
      [{ name: 'odd', endpoints: { task: 'ws://agent/task' } }, '/endpoints/task'],
      [{ name: 'odd', endpoints: { task: 'http://169.254.169.254/x' } }, '/endpoints/task'],
      [{ name: 'odd', resources: { memory: 'much' } }, '/resources/memory'],
    ] as const;
    for (const [body, pointer] of faults) {
      const { status, body: problem } = await world.register(body);
      expect([body, status]).toEqual([body, 422]);
      expect(JSON.stringify(problem['errors'])).toContain(pointer);
    }
    expect((await world.register({ name: 'odd', type: 'worker', colour: 'red' })).status).toBe(400);
  });

  it('keeps a name for who registered it', async () => {
    const { token } = await world.registered('mine');
    const other = await world.key('developer');
    expect((await world.register({ name: 'mine' }, other)).body).toMatchObject({ code: 'agent_name_taken' });
    const child = await world.register({ name: 'child' }, token);
    expect(child.status).toBe(403);
    expect(child.body).toMatchObject({ code: 'agent_not_yours' });
  });

  it('lets no more in than there are places, however many come at once', async () => {
    const free = 12;
    await world.db.execute(
      `INSERT INTO agent (id, workspace_id, name, type, max_tasks, owner, status)
       SELECT gen_random_uuid(), $1, 'crowd-before-' || n, 'worker', 1, 'key:nobody', 'offline'
         FROM generate_series(1, 100 - $2 - (SELECT count(*)::int FROM agent)) AS n`,
      [DEFAULT_WORKSPACE_ID, free],
    );
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => world.register({ name: `crowd-${String(at)}` })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(free);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - free);
    expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({ code: 'agent_limit_reached' });
    // Who is there already may come again.
    expect((await world.register({ ...PRINTED })).status).toBe(200);
    await world.db.execute(`DELETE FROM agent WHERE name LIKE 'crowd-%'`);
  });
});

describe('an agent', () => {
  it('is found by type, state and capability, page by page', async () => {
    for (const at of [1, 2, 3])
      await world.registered(`finder-${String(at)}`, { type: 'validator', capabilities: ['finding', 'x:1'] });
    const first = await world.identity.api.get(`${API}?type=validator&capability=finding&limit=2`);
    const agents = first.body['agents'] as { name: string; last_heartbeat: string }[];
    expect(agents.map(({ name }) => name)).toEqual(['finder-3', 'finder-2']);
    expect(agents[0]).toMatchObject({ status: 'active', current_load: 0, running_tasks: 0 });
    const cursor = String(first.body['next_cursor']);
    const second = await world.identity.api.get(
      `${API}?type=validator&capability=finding&limit=2&cursor=${encodeURIComponent(cursor)}`,
    );
    expect(second.body['agents']).toMatchObject([{ name: 'finder-1' }]);
    expect((await world.identity.api.get(`${API}?status=lost`)).body['agents']).toEqual([]);
  });

  it('does not exist in another workspace, and speaks for itself alone', async () => {
    const one = await world.registered('one');
    const two = await world.registered('two');
    const other = await beat(two.id, one.token);
    expect([other.status, other.body['code']]).toEqual([403, 'agent_not_yours']);
    const nobody = await beat('00000000-0000-4000-8000-00000000dead', one.token);
    expect([nobody.status, nobody.body['code']]).toEqual([404, 'agent_not_found']);
    expect((await beat('one', one.token)).status).toBe(200);
  });

  it('says how it is, and lies about its load are refused', async () => {
    const { id, token } = await world.registered('loaded');
    const answer = await beat(id, token, { current_load: 0.75, running_tasks: 3, metrics: { queue: 2 } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ cancel: [], drain: false });
    expect(answer.body['next_heartbeat_s']).toBeGreaterThanOrEqual(4);
    expect(answer.body['next_heartbeat_s']).toBeLessThanOrEqual(5);
    // What it says it runs is told beside what we know that it runs.
    expect(await world.get('loaded')).toMatchObject({
      ...{ current_load: 0.75, running_tasks: 0, reported_running_tasks: 3 },
    });
    for (const current_load of [-0.1, 1.1, 1e9, 'low'])
      expect((await beat(id, token, { current_load })).status).toBe(422);
  });

  it('is changed only as the version that was read', async () => {
    await world.registered('tagged');
    const { headers } = await world.identity.api.get(`${API}/tagged`);
    const patch = (etag: string, body: object) =>
      world.identity.api.request('PATCH', `${API}/tagged`, { body, headers: { 'if-match': etag } });
    const changed = await patch(String(headers['etag']), { max_tasks: 7, capabilities: ['a', 'a', 'b'] });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ max_tasks: 7, capabilities: ['a', 'b'], type: 'worker' });
    expect((await patch(String(headers['etag']), { max_tasks: 8 })).status).toBe(412);
  });

  it('is told to drain, and no token of it works when it was deregistered', async () => {
    const { id, token } = await world.registered('leaving');
    const drained = await world.identity.api.post(`${API}/${id}/drain`, {});
    expect(drained.body).toMatchObject({ status: 'draining' });
    expect((await beat(id, token)).body).toMatchObject({ drain: true });
    // A process that starts again in a maintenance does not end it.
    await world.register({ name: 'leaving' }, token);
    expect(await world.get('leaving')).toMatchObject({ status: 'draining' });
    expect((await world.identity.api.request('DELETE', `${API}/leaving`)).status).toBe(204);
    expect((await world.identity.api.get(`${API}/leaving`)).status).toBe(404);
    expect((await beat(id, token)).status).toBe(401);
    expect((await world.events(id)).map(({ name }) => name)).toContain('agent.deregistered');
  });

  it('E27: has a card as A2A 1.0 has them', async () => {
    await world.registered('carded', { description: 'Reads.', capabilities: ['reading'] });
    const { body } = await world.identity.api.get(`${API}/carded/agent-card.json`);
    expect(body).toMatchObject({ name: 'carded', description: 'Reads.', skills: [{ id: 'reading' }] });
    expect(faultsOfCard(body)).toEqual([]);
    expect(
      faultsOfCard({ ...body, skills: [{ id: 'reading' }], capabilities: undefined, version: 1 }),
    ).toEqual([
      'version is no text',
      'capabilities is no object',
      'skills[0].name is no text',
      'skills[0].description is no text',
      'skills[0].tags is no list',
    ]);
  });
});

describe('an agent that is silent', () => {
  it('is lost when its lease has passed, not before, and back with its next heartbeat', async () => {
    const { id, token } = await world.registered('silent');
    expect(await world.watch.pass()).toEqual([]);
    await world.silence(id);
    expect(await world.watch.pass()).toMatchObject([{ agentId: id, status: 'lost' }]);
    expect(await world.get('silent')).toMatchObject({ status: 'lost' });
    const roster = world.identity.api.app.get(AgentRoster, { strict: false });
    expect((await roster.present()).map((agent) => agent.id)).not.toContain(id);
    expect((await beat(id, token)).status).toBe(200);
    expect(await world.get('silent')).toMatchObject({ status: 'active' });
    expect((await roster.present()).map((agent) => agent.id)).toContain(id);
    const names = (await world.events(id)).map(({ name }) => name);
    expect(names).toEqual(['agent.registered', 'agent.lost', 'agent.returned']);
    expect(await world.metrics.scrape()).toMatch(/quayside_agent_heartbeats_missed_total [1-9]/);
  });

  it('shows which heartbeats came and which were missed, the newest ninety', async () => {
    const { id, token } = await world.registered('pictured');
    const kept = async (): Promise<readonly { missed: boolean; load: number | null }[]> =>
      (await world.get('pictured/heartbeats'))['heartbeats'] as [];
    // Registering was the first sign of life; whoever speaks more often than it has to is noted once in half an interval.
    for (const current_load of [0.25, 0.5]) await beat(id, token, { current_load });
    expect(await kept()).toMatchObject([{ missed: false, load: 0 }]);
    await world.db.execute(
      `UPDATE agent_presence SET expected_by = now() - interval '1 s' WHERE agent_id = $1`,
      [id],
    );
    await world.watch.pass();
    await beat(id, token, { current_load: 0.5 });
    expect(await kept()).toMatchObject([{ load: 0 }, { missed: true, load: null }, { load: 0.5 }]);
    await world.db.execute(
      `UPDATE agent_heartbeats SET times = array_fill(now() - interval '1 hour', ARRAY[90]), loads = array_fill(0.1::real, ARRAY[90])
        WHERE agent_id = $1`,
      [id],
    );
    await beat(id, token, { current_load: 1 });
    const full = await kept();
    expect([full.length, full.at(0)?.load, full.at(-1)?.load]).toEqual([90, 0.1, 1]);
  });

  it('is offline, not lost, when it had said that it ends', async () => {
    const { id, token } = await world.registered('ending');
    expect((await beat(id, token, { draining: true })).body).toMatchObject({ drain: true });
    expect(await world.get('ending')).toMatchObject({ status: 'draining' });
    await world.silence(id);
    await world.watch.pass();
    expect(await world.get('ending')).toMatchObject({ status: 'offline' });
    await world.register({ name: 'ending' }, token);
    expect(await world.get('ending')).toMatchObject({ status: 'active' });
  });

  it('is not lost for a crash of the database, nor for a time in which nobody watched', async () => {
    const { id } = await world.registered('crashed');
    const unheard = await world.registered('unheard');
    // What a crash leaves of an unlogged table.
    await world.db.execute(`DELETE FROM agent_presence WHERE agent_id = $1`, [id]);
    const holds = async (agentId: string) => {
      const [row] = await world.db.query<{ holds: boolean }>(`SELECT agent_holds($1) AS holds`, [agentId]);
      return row?.holds;
    };
    expect(await holds(id)).toBe(true);
    await world.silence(unheard.id);
    expect(await holds(unheard.id)).toBe(false);
    await world.db.execute(`UPDATE agent_watch SET watched_at = now() - interval '1 minute'`);
    expect(await holds(unheard.id)).toBe(true);
    expect(await world.watch.pass()).toEqual([]);
    expect(await world.get('crashed')).toMatchObject({ status: 'active', last_heartbeat: null });
    expect(await holds(unheard.id)).toBe(true);
    await world.silence(id);
    expect(await world.watch.pass()).toMatchObject([{ agentId: id }]);
  });
});

describe('what others give of themselves', () => {
  let server: Server;
  let url: string;
  let health = { status: 200, body: '{"current_load": 0.25}' };

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/health') response.writeHead(health.status).end(health.body);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it('E27: is refused where it is, with a reason, when it is no card', async () => {
    const refusals = [
      ['http://10.1.2.3/card.json', 'private address'],
      ['file:///etc/passwd', 'URL must begin'],
    ] as const;
    for (const [card_url, why] of refusals) {
      const { status, body } = await world.register({ card_url });
      expect([status, body['code']]).toEqual([422, 'agent_card_refused']);
      expect(String(body['detail'])).toContain(why);
    }
  });

  it('counts as a heartbeat when a health endpoint answers well', async () => {
    const { id } = await world.registered('probed');
    const endpoints = JSON.stringify({ health: `${url}/health` });
    await world.db.execute(`UPDATE agent SET endpoints = $2::jsonb WHERE id = $1`, [id, endpoints]);
    const age = () =>
      world.db.execute(
        `UPDATE agent_presence SET last_heartbeat_at = now() - interval '1 hour', probed_at = NULL WHERE agent_id = $1`,
        [id],
      );
    await age();
    await world.silence(id);
    await world.watch.pass();
    expect(await world.get('probed')).toMatchObject({ status: 'lost' });
    await world.prober.pass();
    expect(await world.get('probed')).toMatchObject({
      status: 'active',
      current_load: 0.25,
      health: { error: null },
    });

    health = { status: 500, body: '' };
    await age();
    await world.prober.pass();
    expect(await world.get('probed')).toMatchObject({ health: { error: 'It answered 500.' } });
  });
});
