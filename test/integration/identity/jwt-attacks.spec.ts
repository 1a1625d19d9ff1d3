import { eventually } from '@app/testing';
import { IssuerWorld, KeyServer } from './issuer-world';
import { byKey, bySecret, claims, ecKey, rsaKey, secondsFromNow, tokenText, unsigned } from './made-tokens';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'quayside';
const WAIT = { deadlineMs: 60_000 };
const PLANTED = { name: 'planted', issuer: 'planted', secret: 'q8J2mZx7Lr4Vw9Bt1Ny6Kd3Hc5Fs0Gp8' };

/** Each is refused with 401, by REST and by MCP, and what it asked for did not happen. */
describe('tokens that are not to be believed', () => {
  const published = new KeyServer();
  const attackers = new KeyServer();
  const rsa = rsaKey('rsa-1');
  const ec = ecKey('ec-1');
  const stolenName = rsaKey('rsa-1');
  let world: IssuerWorld;

  beforeAll(async () => {
    await Promise.all([published.start(), attackers.start()]);
    published.keys = [rsa.jwk, ec.jwk];
    attackers.keys = [stolenName.jwk];
    world = await IssuerWorld.start();
    await world.trust({
      ...{ name: 'published', issuer: ISSUER, audiences: [AUDIENCE], algorithms: ['RS256', 'ES256'] },
      jwks_url: `${published.url}/keys`,
    });
    await eventually(async () => {
      expect((await world.initialize('/mcp', good())).status).toBe(200);
    }, WAIT);
  }, 180_000);
  afterAll(async () => {
    await (world as IssuerWorld | undefined)?.stop();
    await Promise.all([published.stop(), attackers.stop()]);
  });

  const RS256 = { alg: 'RS256', kid: 'rsa-1' };
  const ours = (more: object = {}): object => claims({ iss: ISSUER, aud: AUDIENCE, ...more });
  const good = (more: object = {}): string => byKey(tokenText(RS256, ours(more)), rsa);
  const altered = (header: object, more: object = {}): string =>
    byKey(tokenText({ ...RS256, ...header }, ours(more)), rsa);
  const raw = (payload: string, header = JSON.stringify(RS256)): string => byKey({ header, payload }, rsa);
  const bySharedSecret = (header: object, payload: object): string =>
    bySecret(tokenText(header, payload), world.userServiceSecret);
  const without = (...names: string[]): object =>
    Object.fromEntries(Object.entries(ours()).filter(([name]) => !names.includes(name)));
  const pem = (): string => rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string;

  const ATTACKS: readonly (readonly [string, () => string])[] = [
    ['no algorithm', () => unsigned(tokenText({ alg: 'none' }, ours()))],
    ['no algorithm, spelt oddly', () => unsigned(tokenText({ alg: 'nOnE', typ: 'JWT' }, ours()))],
    ['no algorithm and a signature', () => altered({ alg: 'none' })],
    ['no algorithm, of the user service', () => unsigned(tokenText({ alg: 'none' }, claims()))],
    ['a signature taken off', () => `${good().split('.').slice(0, 2).join('.')}.`],
    ['two parts only', () => good().split('.').slice(0, 2).join('.')],
    ['an altered signature', () => `${good().slice(0, -8)}AAAAAAAA`],
    [
      'altered claims under the old signature',
      () => {
        const [head, , signature] = good().split('.');
        return [
          head,
          Buffer.from(JSON.stringify(ours({ sub: 'root' }))).toString('base64url'),
          signature,
        ].join('.');
      },
    ],
    [
      'the public key as a shared secret',
      () => bySecret(tokenText({ alg: 'HS256', kid: 'rsa-1' }, ours()), pem()),
    ],
    [
      'the published key as a shared secret',
      () => bySecret(tokenText({ alg: 'HS256' }, ours()), JSON.stringify(rsa.jwk)),
    ],
    ['the shared secret of another row', () => bySharedSecret({ alg: 'HS256' }, ours())],
    [
      'the right secret under another hash',
      () => bySecret(tokenText({ alg: 'HS512' }, claims()), world.userServiceSecret, 'sha512'),
    ],
    ['an empty secret', () => bySecret(tokenText({ alg: 'HS256' }, claims()), '')],
    [
      'a key that leads to an empty file',
      () => bySecret(tokenText({ alg: 'HS256', kid: '../../../../dev/null' }, claims()), ''),
    ],
    ['a key that is SQL', () => altered({ kid: "x' UNION SELECT 'secret' --" })],
    ['a key that nobody has', () => altered({ kid: 'rsa-9' })],
    ['a key that is no text', () => altered({ kid: { $ne: null } })],
    ['the name of a key and the key of somebody else', () => byKey(tokenText(RS256, ours()), stolenName)],
    [
      'a key set of its own',
      () => byKey(tokenText({ ...RS256, jku: `${attackers.url}/keys` }, ours()), stolenName),
    ],
    [
      'a certificate of its own',
      () => byKey(tokenText({ ...RS256, x5u: `${attackers.url}/cert` }, ours()), stolenName),
    ],
    ['a key of its own', () => byKey(tokenText({ alg: 'RS256', jwk: stolenName.jwk }, ours()), stolenName)],
    [
      'an algorithm that the key is not for',
      () => byKey(tokenText({ alg: 'RS256', kid: 'ec-1' }, ours()), ec),
    ],
    ['a demand that nobody knows', () => altered({ crit: ['exp'] })],
    ['claims that are not encoded', () => altered({ b64: false, crit: ['b64'] })],
    ['no end', () => byKey(tokenText(RS256, without('exp')), rsa)],
    ['nobody', () => byKey(tokenText(RS256, without('sub')), rsa)],
    ['an empty name', () => good({ sub: ' ' })],
    ['no issuer', () => byKey(tokenText(RS256, without('iss')), rsa)],
    ['no audience', () => byKey(tokenText(RS256, without('aud')), rsa)],
    ['another issuer', () => good({ iss: 'https://elsewhere.example' })],
    ['an issuer spelt almost right', () => good({ iss: `${ISSUER}/` })],
    ['several issuers', () => good({ iss: [ISSUER] })],
    [
      'our own name as the issuer',
      () =>
        bySharedSecret(
          { alg: 'HS256', typ: 'at+jwt' },
          claims({ iss: world.apiUrl, aud: world.apiUrl, sid: 'x', ws: 'y' }),
        ),
    ],
    ['another audience', () => good({ aud: 'https://elsewhere.example' })],
    ['an audience that begins with ours', () => good({ aud: `${AUDIENCE}.elsewhere.example` })],
    ['an end that is over', () => good({ exp: secondsFromNow(-120) })],
    ['an end that is no number', () => good({ exp: '9999999999' })],
    ['a beginning to come', () => good({ nbf: secondsFromNow(600) })],
    ['a making to come', () => good({ iat: secondsFromNow(600) })],
    [
      'the user service under another issuer',
      () => bySharedSecret({ alg: 'HS256' }, claims({ iss: 'http://elsewhere:5000' })),
    ],
    ['a token to refresh with', () => bySharedSecret({ alg: 'HS256' }, claims({ type: 'refresh' }))],
    ['a token that identifies', () => good({ typ: 'ID' })],
    ['another type', () => altered({ typ: 'logout+jwt' })],
    ['a type that is no text', () => altered({ typ: 7 })],
    ['too much', () => good({ filling: 'x'.repeat(8_192) })],
    [
      'claims nested deeply',
      () => raw(JSON.stringify(ours()).replace('}', `,"deep":${'['.repeat(1_500)}${']'.repeat(1_500)}}`)),
    ],
    ['claims said twice', () => raw(JSON.stringify(ours()).replace('{', '{"sub":"root",'))],
    ['a header said twice', () => raw(JSON.stringify(ours()), '{"alg":"RS256","kid":"rsa-1","alg":"RS256"}')],
    ['a prototype', () => raw(JSON.stringify(ours()).replace('{', '{"__proto__":{"role":"admin"},'))],
    ['a NUL in its name', () => raw(JSON.stringify(ours()).replace('user-7', 'user-7\\u0000'))],
    ['a line break in its name', () => good({ sub: 'user-7\nadmin' })],
    ['claims that are a list', () => raw('[]')],
    ['claims that are no JSON', () => raw('{"sub":"user-7"')],
    [
      'claims that are no text',
      () => {
        const head = Buffer.from(JSON.stringify(RS256)).toString('base64url');
        return `${head}.${Buffer.from([0xff, 0xfe, 0x7b]).toString('base64url')}.AAAA`;
      },
    ],
    ['five parts', () => `${good()}.AAAA.AAAA`],
  ];

  it('while a good one is', async () => {
    const me = await world.request('GET', '/api/v1/me', { as: good() });
    expect([me.status, me.body]).toMatchObject([
      200,
      { id: 'published:user-7', kind: 'user', role: 'admin' },
    ]);
    const flask = bySharedSecret(
      { alg: 'HS256' },
      claims({ sub: 7, type: 'access', role: undefined, roles: ['viewer'] }),
    );
    const service = await world.request('GET', '/api/v1/me', { as: flask });
    expect([service.status, service.body]).toMatchObject([200, { id: 'user-service:7', role: 'viewer' }]);
    const second = byKey(tokenText({ alg: 'ES256', kid: 'ec-1', typ: 'at+jwt' }, ours()), ec);
    expect((await world.request('GET', '/api/v1/me', { as: second })).status).toBe(200);
  });

  it.each(ATTACKS)('with %s', async (_what, attack) => {
    const as = attack();
    const rest = await world.request('POST', '/api/v1/issuers', { as, body: PLANTED });
    expect([rest.status, rest.body['code']]).toEqual([401, 'unauthenticated']);
    const face = await world.initialize('/mcp', as);
    expect([face.status, face.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer /),
    ]);
  });

  it('reach no handler and no server of an attacker, and leave a trace', async () => {
    const { body } = await world.request('GET', '/api/v1/issuers');
    expect(JSON.stringify(body)).not.toContain('planted');
    expect(attackers.asked).toEqual([]);
    expect((await world.trail('request.denied')).map(({ outcome }) => outcome)).toContain('denied');
    // The same request, by somebody who may.
    expect((await world.request('POST', '/api/v1/issuers', { as: good(), body: PLANTED })).status).toBe(201);
  });
});
