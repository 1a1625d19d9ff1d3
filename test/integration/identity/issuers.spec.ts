import { IssuerWorld, KeyServer, type Told } from './issuer-world';
import { byKey, claims, ecKey, type MadeKey, rsaKey, tokenText } from './made-tokens';

const AUDIENCE = 'quayside';
const ISSUER = 'https://turning.example';

const tokenBy = (key: MadeKey, more: object = {}): string => {
  const alg = key.privateKey.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
  return byKey(tokenText({ alg, kid: key.kid }, claims({ iss: ISSUER, aud: AUDIENCE, ...more })), key);
};

describe('issuers whose tokens are trusted', () => {
  const turning = new KeyServer();
  const service = new KeyServer();
  const serviceKey = ecKey('service-1');
  const former = rsaKey('2026-a');
  const present = rsaKey('2026-b');
  let world: IssuerWorld;

  const me = (as: string): Promise<Told> => world.request('GET', '/api/v1/me', { as });

  beforeAll(async () => {
    await Promise.all([turning.start(), service.start()]);
    turning.keys = [former.jwk];
    service.keys = [serviceKey.jwk];
    const { host: served } = new URL(service.url);
    const { host: turned } = new URL(turning.url);
    world = await IssuerWorld.start({
      JWT_JWKS_URL: `${service.url}/jwks`,
      EGRESS_ALLOW: `${served},${turned}`,
    });
  }, 180_000);
  afterAll(async () => {
    await (world as IssuerWorld | undefined)?.stop();
    await Promise.all([turning.stop(), service.stop()]);
  });

  it('may be the existing user service, which publishes keys instead of sharing a secret', async () => {
    const text = tokenText({ alg: 'ES256', kid: 'service-1' }, claims({ sub: 12, role: 'developer' }));
    const { status, body } = await me(byKey(text, serviceKey));
    expect([status, body]).toMatchObject([200, { id: 'user-service-keys:12', role: 'developer' }]);
    expect(service.asked).toEqual(['/jwks']);
  });

  it('may change their keys: a new one is believed at once, and the former as long as it is published', async () => {
    await world.trust({
      ...{ name: 'turning', issuer: ISSUER, audiences: [AUDIENCE], algorithms: ['RS256'] },
      jwks_url: `${turning.url}/keys`,
    });
    const old = tokenBy(former);
    expect((await me(old)).status).toBe(200);

    turning.keys = [former.jwk, present.jwk];
    expect((await me(tokenBy(present))).status).toBe(200);
    expect((await me(old)).status).toBe(200);
  });

  it('take back a key: what it had signed is refused as soon as the set was read again', async () => {
    const retiring = rsaKey('2026-c');
    const left = rsaKey('2026-d');
    const keys = new KeyServer();
    await keys.start();
    try {
      keys.keys = [retiring.jwk];
      const issuer = 'https://retiring.example';
      await world.trust({
        ...{ name: 'retiring', issuer, audiences: [AUDIENCE], algorithms: ['RS256'] },
        jwks_url: `${keys.url}/keys`,
      });
      const signed = tokenBy(retiring, { iss: issuer });
      expect((await me(signed)).status).toBe(200);
      keys.keys = [left.jwk];
      // Its name is new, so the set is read again.
      expect((await me(tokenBy(left, { iss: issuer }))).status).toBe(200);
      const refused = await me(signed);
      expect([refused.status, refused.body['code']]).toEqual([401, 'unauthenticated']);
    } finally {
      await keys.stop();
    }
  });

  it('may say in which workspace somebody acts, as far as the table knows it', async () => {
    const made = await world.request('POST', '/api/v1/workspaces', { body: { name: 'harbour' } });
    const harbour = made.body['id'];
    const { body: trusted } = await world.request('GET', '/api/v1/issuers');
    const { id } = (trusted['issuers'] as { id: string; name: string }[]).find(
      ({ name }) => name === 'turning',
    ) ?? { id: '' };
    const change = { workspace_claim: 'team', workspace_map: { docks: harbour } };
    const changed = await world.request('PATCH', `/api/v1/issuers/${id}`, { body: change });
    expect([changed.status, changed.body]).toMatchObject([200, change]);

    const inHarbour = tokenBy(present, { team: 'docks', role: 'developer' });
    expect((await me(inHarbour)).body).toMatchObject({ workspace_id: harbour, role: 'developer' });
    const ours = {
      name: 'not-of-the-docks',
      json_spec: { type: 'docker', image: 'quayside-test/echo:latest', port: 8080 },
    };
    expect((await world.request('POST', '/api/v1/mcp/instances', { body: ours })).status).toBe(201);
    const path = '/api/v1/mcp/instances/not-of-the-docks';
    expect((await world.request('GET', path)).status).toBe(200);
    expect((await world.request('GET', path, { as: inHarbour })).status).toBe(404);
    // A team that the table does not name is nobody's.
    expect((await me(tokenBy(present, { team: 'elsewhere' }))).status).toBe(401);
  });

  it('are changed only by whoever has seen what they are, and are refused once they are gone', async () => {
    const row = await world.trust({
      ...{
        name: 'short-lived',
        issuer: 'https://short.example',
        audiences: [AUDIENCE],
        algorithms: ['RS256'],
      },
      jwks_url: `${turning.url}/keys`,
    });
    const path = `/api/v1/issuers/${String(row['id'])}`;
    const seen = await world.request('GET', path);
    const etag = seen.headers.get('etag') ?? '';
    const token = tokenBy(present, { iss: 'https://short.example', role: 'boss' });
    expect((await me(token)).body).toMatchObject({ role: 'none' });

    const change = { role_map: { boss: 'operator' } };
    const first = await world.request('PATCH', path, { body: change, headers: { 'if-match': etag } });
    expect(first.status).toBe(200);
    expect((await me(token)).body).toMatchObject({ role: 'operator' });
    const stale = await world.request('PATCH', path, {
      body: { role_map: {} },
      headers: { 'if-match': etag },
    });
    expect([stale.status, stale.body['code']]).toEqual([412, 'stale_version']);
    expect((await me(token)).body).toMatchObject({ role: 'operator' });

    const now = first.headers.get('etag') ?? '';
    expect((await world.request('DELETE', path, { headers: { 'if-match': now } })).status).toBe(204);
    expect((await me(token)).status).toBe(401);
  });
});
