import { pause } from '@app/resilience';
import { eventually } from '@app/testing';
import { Connections } from '../../../src/realtime/limits/connections';
import { type Listener } from './listener';
import { RealtimeWorld } from './realtime-world';

const PATIENCE = { deadlineMs: 60_000, everyMs: 50 };
/** Longer than who is told to go is waited for, shorter than who was too slow. */
const AWAY_MS = 5_000;
const DEFAULT_WORKSPACE_ID = '00000000-0000-4000-8000-000000000001';
const task = (status: string, more: object = {}) => ({
  ...{ task_id: 't-1', type: 'analysis', status, progress: 0.5, run_id: 'r-1', pipeline_id: null },
  ...more,
});
describe('access to events', () => {
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

  describe('lets nobody in', () => {
    it('E15: who does not say within 5 seconds who it is', async () => {
      const listener = keep(world.connect());
      expect(await listener.ended()).toMatchObject({ code: 4401 });
    });

    it.each([
      ['a wrong key', { type: 'auth', token: 'x'.repeat(40) }, 4401],
      ['another first frame', { type: 'subscribe' }, 4401],
      ['no JSON', '{"type":', 4400],
      ['bytes', Buffer.from('{"type":"ping"}'), 4400],
      ['an unknown type', { type: 'hello' }, 4400],
      ['a name twice', '{"type":"auth","token":"a","token":"b"}', 4400],
      ['a huge frame', { type: 'auth', token: 'x'.repeat(300_000) }, 1009],
    ])('with %s', async (_what, frame, code) => {
      const listener = keep(world.connect());
      await listener.opened;
      listener.send(frame);
      expect(await listener.ended()).toMatchObject({ code });
    });

    it.each([
      ['a page of somebody else', '', { origin: 'https://elsewhere.example' }],
      ['a name that is not ours', '', { host: 'elsewhere.example' }],
      ['a credential in the address', '?token=abc', {}],
    ])('from %s', async (_what, query, headers) => {
      await expect(keep(world.connect({ query, headers })).opened).rejects.toThrow(/40[03]/);
    });

    it('twice with one ticket', async () => {
      const { ticket } = await world.call('POST', '/api/v1/auth/ws-ticket');
      const first = keep(world.connect({ query: `?ticket=${ticket ?? ''}` }));
      await first.frame('auth_ok');
      const second = keep(world.connect({ query: `?ticket=${ticket ?? ''}` }));
      expect(await second.ended()).toMatchObject({ code: 4401 });
      expect(first.closed).toBeUndefined();
    });

    it('to a topic without its permission', async () => {
      const { key } = await world.issueKey('viewer');
      const listener = keep(world.connect());
      await listener.opened;
      listener.send({ type: 'auth', token: key });
      listener.send({ type: 'subscribe', topics: ['tasks', 'audit'] });
      expect(await listener.ended()).toEqual({ code: 4403, reason: 'The caller may not read audit.' });
      expect((await listener.frame('auth_ok'))['topics']).not.toContain('audit');
    });

    it('over the quota, and lets the next one in when somebody left', async () => {
      const { id, key } = await world.issueKey('viewer');
      await world.call('PUT', `/api/v1/quotas/key/${id}`, { limits: { websocket_connections: 1 } });
      const first = await listen(key);
      const second = keep(world.connect());
      await second.opened;
      second.send({ type: 'auth', token: key });
      expect(await second.ended()).toMatchObject({ code: 4429 });
      first.close();
      await eventually(async () => {
        const next = keep(world.connect());
        await next.opened;
        next.send({ type: 'auth', token: key });
        await eventually(() => {
          expect(next.frames.length + (next.closed === undefined ? 0 : 1)).toBeGreaterThan(0);
        }, PATIENCE);
        expect(next.closed).toBeUndefined();
      }, PATIENCE);
    });

    it('for places of a process that died it counts nobody', async () => {
      const { id, key } = await world.issueKey('viewer');
      await world.call('PUT', `/api/v1/quotas/key/${id}`, { limits: { websocket_connections: 1 } });
      await world.database.db.query(
        `SELECT quota_hold('websockets', gen_random_uuid() || ':1', $1, NULL, $2, NULL, '{"websocket_connections": 1}')`,
        [DEFAULT_WORKSPACE_ID, id],
      );
      await eventually(async () => {
        const listener = keep(world.connect());
        await listener.opened;
        listener.send({ type: 'auth', token: key });
        await eventually(() => {
          expect(listener.frames.length + (listener.closed === undefined ? 0 : 1)).toBeGreaterThan(0);
        }, PATIENCE);
        expect(listener.closed).toBeUndefined();
      }, PATIENCE);
    }, 120_000);
  });

  describe('ends', () => {
    it('when the key is revoked, by either door', async () => {
      const issued = await world.call('POST', '/api/v1/api-keys', { name: 'to-revoke', role: 'viewer' });
      const key = issued['secret'] ?? '';
      const listener = await listen(key, undefined, { port: world.first.port });
      const answer = await fetch(`${world.second.url}/api/v1/events`, {
        headers: { authorization: `Bearer ${key}` },
      });
      await world.call('DELETE', `/api/v1/api-keys/${issued['id'] ?? ''}`);
      expect(await listener.ended()).toMatchObject({ code: 4403 });
      expect(await answer.text()).toContain('event: closed\ndata: {"type":"closed","code":4403');
    });

    it('when the role that the topic needs is lost', async () => {
      const credentials = { username: 'ana', password: 'seven grey herons on a pier' };
      const member = (role: string) => ({ memberships: [{ workspace: 'default', role }] });
      const user = await world.call('POST', '/api/v1/users', { ...credentials, ...member('operator') });
      const { access_token: token = '' } = await world.call('POST', '/api/v1/auth/token', credentials);
      const listener = await listen(token, { topics: ['audit'] });
      const other = await listen(token, { topics: ['tasks'] });
      await world.call('PATCH', `/api/v1/users/${user['id'] ?? ''}`, member('viewer'));
      expect(await listener.ended()).toMatchObject({ code: 4403 });
      // What the new role may read goes on, or is asked for again: never with what it may not.
      expect([undefined, 4403]).toContain(other.closed?.code);
    });

    it('for a reader that answers no ping, and for nobody else', async () => {
      const silent = await listen(world.adminKey, { topics: ['tasks'] }, { answersPings: false });
      const present = await listen(world.adminKey, { topics: ['tasks'] });
      const connections = world.second.app.get(Connections, { strict: false });
      const before = await dropped('silent');
      for (let beat = 1; beat <= 3; beat += 1) {
        connections.sweep(performance.now() + beat * 21_000);
        // The pong is on its way for a moment.
        await eventually(() => {
          expect(present.pings).toBeGreaterThanOrEqual(beat);
        }, PATIENCE);
        present.send({ type: 'ping' });
        await eventually(() => {
          expect(present.frames.filter(({ type }) => type === 'pong')).toHaveLength(beat);
        }, PATIENCE);
      }
      expect(await silent.ended()).toMatchObject({ code: 1006 });
      expect(silent.pings).toBe(2);
      expect(await dropped('silent')).toBe(before + 1);
      expect(present.closed).toBeUndefined();
    });

    it('what was said of an instance when its grant is taken back', async () => {
      const instance = await world.call('POST', '/api/v1/mcp/instances', {
        name: 'guarded',
        json_spec: { type: 'docker', image: 'a/b:1' },
      });
      const { key } = await world.issueKey('viewer');
      const listener = await listen(key, { topics: ['instances', 'tasks'] });
      const told = async (attempt: number): Promise<void> => {
        const facts = { instance_id: instance['id'] ?? '', name: 'guarded', phase: 'running', attempt };
        await world.append('mcp.instance.running', facts, { aggregateType: 'instances' });
        await world.append('task.started', task('running', { task_id: `after-${String(attempt)}` }));
        await eventually(() => {
          expect(listener.events.map(({ task_id: id }) => id)).toContain(`after-${String(attempt)}`);
        }, PATIENCE);
      };
      const attempts = (): unknown[] =>
        listener.events.filter(({ type }) => type === 'instance_update').map(({ attempt }) => attempt);
      await told(1);
      expect(attempts()).toContain(1);
      await world.call('PUT', `/api/v1/grants/instances/guarded`, {
        grants: [{ subject_kind: 'role', subject: 'operator', permissions: ['instances:read'] }],
      });
      // The notice of a grant is on its way for a moment.
      let attempt = 2;
      await eventually(async () => {
        await told(attempt);
        attempt += 1;
        expect(attempts()).not.toContain(attempt - 1);
      }, PATIENCE);
    }, 120_000);

    it('E15: for a reader that does not read, and frees what waited for it', async () => {
      const listener = await listen(world.adminKey, { topics: ['tasks'] });
      listener.stopReading();
      const padding = 'x'.repeat(60_000);
      await eventually(async () => {
        await world.append('task.started', task('running', { stage: padding }), { times: 50 });
        expect(await dropped('slow')).toBeGreaterThan(0);
      }, PATIENCE);
      // A reader that was away for longer than an ordinary farewell takes learns it, too.
      await pause(AWAY_MS);
      expect(listener.closed).toBeUndefined();
      listener.readOn();
      expect(await listener.ended()).toMatchObject({ code: 4408 });
      // What had not left for it is told to nobody; before the close frame it read whole frames only, in order.
      const { sequences } = listener;
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      const again = await listen(world.adminKey, { topics: ['tasks'], since: sequences.at(-1) ?? 0 });
      await world.append('task.started', task('running', { task_id: 'after' }));
      await again.reached(await world.head());
      expect([...sequences, ...again.sequences]).toEqual([...new Set([...sequences, ...again.sequences])]);
    }, 120_000);

    it('not for a reader that comes back to more than is kept for one', async () => {
      await world.numbered();
      const since = await world.head();
      const times = 150;
      await world.append('task.started', task('running', { stage: 'x'.repeat(60_000) }), { times });
      await world.numbered();
      const last = await world.head();
      const listener = await listen(world.adminKey, { topics: ['tasks'], since });
      await listener.reached(last);
      expect(listener.events).toHaveLength(times);
      expect(listener.closed).toBeUndefined();
    }, 120_000);
  });

  async function dropped(reason: string): Promise<number> {
    const text = await world.second.platform.metrics.scrape();
    return Number(new RegExp(`ws_dropped_total\\{reason="${reason}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  }
});
