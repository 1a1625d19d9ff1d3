import { eventually } from '@app/testing';
import { HealthService } from '../../../src/observability';
import { World } from '../gateway/world';

const NOBODY = { authorization: '' };

interface Check {
  readonly status?: string;
  readonly detail?: string;
}

describe('health', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start();
  }, 180_000);
  afterAll(() => (world as World | undefined)?.stop());

  it('tells anybody whether it works, and why only to those who may know', async () => {
    await eventually(async () => {
      const stranger = await world.get('/health', NOBODY);
      expect([stranger.status, stranger.body]).toEqual([200, { status: 'healthy' }]);
    });
    const { key } = await world.issueKey('viewer');
    const { body } = await world.get('/health', { authorization: `Bearer ${key}` });
    expect(body).toMatchObject({ status: 'healthy', checks: { database: {}, routing_table: {} } });
    // A credential that cannot be checked makes a stranger of its holder, not an error of the probe.
    expect((await world.get('/health', { authorization: 'Bearer nonsense' })).status).toBe(200);
  });

  it('answers probes that come by address, and nothing else that does', async () => {
    const host = { host: '10.1.2.3:8080' };
    for (const probe of ['live', 'ready', 'startup'])
      expect((await world.get(`/health/${probe}`, { ...host, ...NOBODY })).status).toBe(200);
    expect((await world.get('/api/v1/me', host)).status).toBe(403);
  });

  it('stays ready on what is in memory while the database is away, says so, and recovers by itself', async () => {
    world.line.cut();
    try {
      await eventually(async () => {
        const { status, body } = await world.get('/health');
        expect([status, body['status']]).toEqual([200, 'degraded']);
        const { database } = body['checks'] as Record<string, Check>;
        expect(JSON.stringify(database)).toContain('does not answer');
      });
      expect((await world.get('/health/live', NOBODY)).status).toBe(200);
      expect((await world.get('/health/ready', NOBODY)).status).toBe(200);
    } finally {
      world.line.mend();
    }
    await eventually(async () => {
      expect((await world.get('/health')).body['status']).toBe('healthy');
    });
  });

  it('is degraded, and ready all the same, while a server that is wanted does not run', async () => {
    const detailOf = async () => {
      const { status, body } = await world.get('/health');
      const { servers } = body['checks'] as Record<string, Check>;
      return [status, body['status'], servers?.detail];
    };
    const id = await world.instance({ name: 'falls' });
    await world.report(id, 'failed', null);
    await eventually(async () => {
      expect(await detailOf()).toEqual([200, 'degraded', '1 of 1 servers do not run as they should.']);
    });
    expect((await world.get('/health/ready', NOBODY)).status).toBe(200);
    await world.report(id, 'running', null);
    await eventually(async () => {
      expect(await detailOf()).toEqual([200, 'healthy', 'None of 1 servers is in trouble.']);
    });
  });

  it('wants no new traffic once it is ending, and still lives', async () => {
    world.app.get(HealthService, { strict: false }).drain();
    const { status, body, headers } = await world.get('/health/ready', NOBODY);
    expect([status, body['status'], headers['retry-after']]).toEqual([503, 'not_ready', '1']);
    expect(JSON.stringify(body['causes'])).toContain('shutdown');
    expect((await world.get('/health/live', NOBODY)).status).toBe(200);
  });
});
