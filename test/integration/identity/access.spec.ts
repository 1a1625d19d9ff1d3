import { Controller, Get } from '@nestjs/common';
import { RequirePermission } from '@app/http';
import { eventually } from '@app/testing';
import { BOOTSTRAP_KEY, World } from '../gateway/world';

const ME = '/api/v1/me';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

@Controller({ path: 'probe', version: '1' })
class ProbeController {
  @Get('written')
  @RequirePermission('servers:read', 'secrets:write')
  both(): object {
    return {};
  }
}

describe('access', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.start([ProbeController]);
  }, 180_000);
  afterAll(() => (world as World | undefined)?.stop());

  it('knows the bootstrap administrator', async () => {
    const { status, body } = await world.get(ME);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'bootstrap', role: 'admin', key_id: 'bootstrap' });
    expect(body['permissions']).toContain('secrets:write');
  });

  it('knows a stored key, its role and its scopes', async () => {
    const { id, key } = await world.issueKey('developer', { scopes: ['tools:call', 'audit:read'] });
    const { status, body } = await world.get(ME, bearer(key));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      role: 'developer',
      permissions: ['me:read', 'me:update', 'tools:call'],
    });
    await eventually(async () => {
      const [row] = await world.truth.db.query<{ used: boolean }>(
        `SELECT last_used_at IS NOT NULL AS used FROM api_key WHERE id = $1`,
        [id],
      );
      expect(row?.used).toBe(true);
    });
  });

  it.each([
    ['no header', { authorization: '' }],
    ['another scheme', { authorization: `Basic ${BOOTSTRAP_KEY}` }],
    ['a wrong key', bearer('x'.repeat(40))],
    ['a key in another header', { authorization: '', 'x-api-key': BOOTSTRAP_KEY }],
  ])('answers 401 with a challenge to %s', async (_what, headers) => {
    const { status, body, headers: answered } = await world.get(ME, headers);
    expect(status).toBe(401);
    expect(body['code']).toBe('unauthenticated');
    expect(String(answered['www-authenticate'])).toMatch(/^Bearer/);
  });

  it('gives a revoked and an expired key the same answer as an unknown one', async () => {
    const expired = await world.issueKey('admin', { expiresAt: new Date(Date.now() - 1_000) });
    const revoked = await world.issueKey('admin');
    await world.truth.db.execute(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [revoked.id]);
    for (const { key } of [expired, revoked]) expect((await world.get(ME, bearer(key))).status).toBe(401);
  });

  it('notices a revocation while the key is in use', async () => {
    const { id, key } = await world.issueKey('viewer');
    expect((await world.get(ME, bearer(key))).status).toBe(200);
    await world.truth.db.execute(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [id]);
    await eventually(async () => {
      expect((await world.get(ME, bearer(key))).status).toBe(401);
    });
  });

  it('refuses a credential in the address, right or wrong', async () => {
    const { status, body } = await world.get(`${ME}?api_key=${BOOTSTRAP_KEY}`);
    expect([status, body['code']]).toEqual([400, 'credential_in_url']);
    expect(JSON.stringify(body)).not.toContain(BOOTSTRAP_KEY);
  });

  it('wants every permission that a handler names', async () => {
    const { key } = await world.issueKey('developer', { scopes: ['servers:read'] });
    const { status, body } = await world.get('/api/v1/probe/written', bearer(key));
    expect([status, body['code']]).toEqual([403, 'permission_denied']);
    expect((await world.get('/api/v1/probe/written')).status).toBe(200);
  });

  it('writes denials into the trail, without the credential', async () => {
    await world.get('/api/v1/audit', bearer('y'.repeat(40)));
    await eventually(async () => {
      const denials = await world.trail('request.denied');
      expect(denials.map((row) => row['outcome'])).toContain('denied');
      expect(JSON.stringify(denials)).not.toContain('y'.repeat(40));
    });
  });

  it('keeps known keys working while the database is away, and closes to the others', async () => {
    const known = await world.issueKey('viewer');
    const unknown = await world.issueKey('viewer');
    expect((await world.get(ME, bearer(known.key))).status).toBe(200);
    world.line.cut();
    try {
      expect((await world.get(ME, bearer(known.key))).status).toBe(200);
      const { status, body, headers } = await world.get(ME, bearer(unknown.key));
      expect([status, body['code']]).toEqual([503, 'identity_unavailable']);
      expect(headers['retry-after']).toBeDefined();
      expect((await world.get(ME)).status).toBe(200);
    } finally {
      world.line.mend();
    }
    await eventually(async () => {
      expect((await world.get(ME, bearer(unknown.key))).status).toBe(200);
    });
  });

  it.each([
    ['says nothing', () => undefined],
    ['names a permission that does not exist', RequirePermission('servers:reed')],
  ])('does not start with a handler that %s', async (_what, decorate) => {
    class FaultyController {
      route(): object {
        return {};
      }
    }
    const handler = Object.getOwnPropertyDescriptor(FaultyController.prototype, 'route') ?? {};
    Get('faulty')(FaultyController.prototype, 'route', handler);
    (decorate as MethodDecorator)(FaultyController.prototype, 'route', handler);
    Controller('faulty')(FaultyController);
    await expect(World.start([FaultyController])).rejects.toThrow(/FaultyController\.route/);
  });
});
