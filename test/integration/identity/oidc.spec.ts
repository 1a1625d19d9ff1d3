import { Browser } from './browser';
import { IssuerWorld } from './issuer-world';
import { byKey, bySecret, rsaKey, secondsFromNow, tokenText, unsigned } from './made-tokens';
import { OddIssuer } from './odd-issuer';
import { ProviderProcess } from './provider-process';

const CLIENT_SECRET = 'a-client-secret-of-the-tests-0123456789';
const LIMIT_MS = 180_000;
const RS256 = { alg: 'RS256', kid: 'odd-1' };
const strange = rsaKey('odd-1');

describe('signing in at another issuer', () => {
  const odd = new OddIssuer({
    good: {},
    'without-pkce': { metadata: { code_challenge_methods_supported: ['plain'] } },
    'silent-on-pkce': { metadata: { code_challenge_methods_supported: undefined } },
    'under-another-name': { metadata: { issuer: 'https://elsewhere.example' } },
    'leading-to-a-script': { metadata: { authorization_endpoint: 'javascript:alert(1)' } },
    'leading-out-of-tls': { metadata: { token_endpoint: 'http://elsewhere.example/token' } },
    'of-another-sign-in': {
      idToken: (good, key) => byKey(tokenText(RS256, { ...good, nonce: 'another' }), key),
    },
    'without-nonce': { idToken: (good, key) => byKey(tokenText(RS256, { ...good, nonce: undefined }), key) },
    'for-another-client': {
      idToken: (good, key) => byKey(tokenText(RS256, { ...good, aud: 'another' }), key),
    },
    'too-late': {
      idToken: (good, key) => byKey(tokenText(RS256, { ...good, exp: secondsFromNow(-120) }), key),
    },
    'of-somebody-else': { idToken: (good) => byKey(tokenText(RS256, good), strange) },
    'not-signed': { idToken: (good) => unsigned(tokenText({ alg: 'none' }, good)) },
    'signed-with-the-secret': {
      idToken: (good) => bySecret(tokenText({ alg: 'HS256' }, good), CLIENT_SECRET),
    },
    'without-a-role': {
      idToken: (good, key) => byKey(tokenText(RS256, { ...good, roles: ['emperor'] }), key),
    },
  });
  let world: IssuerWorld;
  let provider: ProviderProcess;

  beforeAll(async () => {
    await odd.start();
    world = await IssuerWorld.start();
    provider = await ProviderProcess.start({
      clients: [
        {
          ...{ client_id: 'console', client_secret: CLIENT_SECRET },
          redirect_uris: [`${world.apiUrl}/api/v1/auth/oidc/company/callback`],
        },
      ],
      accounts: { alice: { roles: ['platform-team'], name: 'Alice', preferred_username: 'alice' } },
    });
    await world.trust({
      ...{ name: 'company', issuer: provider.issuer, role_map: { 'platform-team': 'operator' } },
      sign_in: { client_id: 'console', client_secret: CLIENT_SECRET, scopes: ['profile'] },
    });
  }, LIMIT_MS);
  afterAll(async () => {
    await (world as IssuerWorld | undefined)?.stop();
    await (provider as ProviderProcess | undefined)?.stop();
    await odd.stop();
  });

  const startUrl = (name: string, query = ''): string =>
    `${world.apiUrl}/api/v1/auth/oidc/${name}/start${query}`;
  const isCallback = (url: string): boolean => url.includes('/callback?');
  const sessionIn = (cookies: readonly string[]): string | undefined =>
    cookies.find((cookie) => cookie.startsWith('quayside-local'));

  it(
    'ends in a session here, with the role that the row gives',
    async () => {
      const browser = new Browser();
      const callback = await browser.goOn(
        startUrl('company', '?return_to=/console/instances'),
        isCallback,
        'alice',
      );
      const done = await browser.open(callback);
      expect([done.status, done.location]).toEqual([303, `${world.apiUrl}/console/instances`]);
      const session = sessionIn(done.setCookies);
      expect(session).toMatch(/; HttpOnly; SameSite=Strict/);
      const cookie = session?.split(';', 1)[0] ?? '';
      const me = await world.request('GET', '/api/v1/me', { as: null, headers: { cookie } });
      expect([me.status, me.body]).toMatchObject([200, { kind: 'user', name: 'alice', role: 'operator' }]);

      // A second time the same address is worth nothing, in this browser and in any other.
      for (const one of [browser, new Browser()]) {
        const again = await one.open(callback);
        expect([again.status, sessionIn(again.setCookies)]).toEqual([400, undefined]);
        expect(again.text).toContain('oidc_state_invalid');
      }
    },
    LIMIT_MS,
  );

  it(
    'is of no use to another browser, nor to one that keeps its cookie for a replay',
    async () => {
      const [browser, thief] = [new Browser(), new Browser()];
      const callback = await browser.goOn(startUrl('company'), isCallback, 'alice');
      await thief.open(startUrl('company'));
      expect((await thief.open(callback)).status).toBe(400);

      const begun = await new Browser().open(startUrl('company'));
      const cookie = begun.setCookies[0]?.split(';', 1)[0] ?? '';
      expect(begun.setCookies[0]).toMatch(/; HttpOnly; SameSite=Lax$/);
      const state = new URL(begun.location ?? '').searchParams.get('state') ?? '';
      const replay = `/api/v1/auth/oidc/company/callback?code=x&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
      const tries = await Promise.all(
        Array.from({ length: 5 }, () => world.request('GET', replay, { as: null, headers: { cookie } })),
      );
      // One of them got as far as the issuer, which does not know the code.
      expect(tries.map(({ body }) => body['code']).sort()).toEqual([
        'oidc_denied',
        ...Array.from({ length: 4 }, () => 'oidc_state_invalid'),
      ]);
    },
    LIMIT_MS,
  );

  it('tells in a page what the issuer refused', async () => {
    const browser = new Browser();
    const { location = '' } = await browser.open(startUrl('company'));
    const { searchParams } = new URL(location);
    const query = new URLSearchParams({
      error: 'access_denied',
      state: searchParams.get('state') ?? '',
      iss: provider.issuer,
    });
    const page = await browser.open(`${world.apiUrl}/api/v1/auth/oidc/company/callback?${query.toString()}`);
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('access_denied')]);
    expect(page.text).not.toContain('<script');
    expect((await world.trail('identity.signin.denied')).map(({ resource_id: id }) => id)).toContain(
      'company',
    );
  });

  /** What the browser would be told at the end, with what the answer of the issuer is made to say. */
  async function finishAt(name: string, answer: object = {}): Promise<{ status: number; code: unknown }> {
    await world.trust({
      ...{ name, issuer: odd.issuer(name), algorithms: ['RS256'] },
      sign_in: { client_id: 'console', client_secret: CLIENT_SECRET },
    });
    const begun = await world.request('GET', `/api/v1/auth/oidc/${name}/start`, { as: null });
    if (begun.status !== 302) return { status: begun.status, code: begun.body['code'] };
    const { searchParams } = new URL(begun.headers.get('location') ?? '');
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    odd.nonce = searchParams.get('nonce') ?? '';
    const parameters = {
      code: 'any',
      state: searchParams.get('state') ?? '',
      iss: odd.issuer(name),
      ...answer,
    };
    const query = new URLSearchParams(JSON.parse(JSON.stringify(parameters)) as Record<string, string>);
    const done = await world.request('GET', `/api/v1/auth/oidc/${name}/callback?${query.toString()}`, {
      as: null,
      headers: { cookie: begun.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '' },
    });
    expect(sessionIn(done.headers.getSetCookie()) === undefined).toBe(done.status !== 303);
    return { status: done.status, code: done.body['code'] };
  }

  it('works at an issuer that does all as it should', async () => {
    expect((await finishAt('good')).status).toBe(303);
    expect(odd.redeemed).toContain('good');
  });

  it.each([
    'without-pkce',
    'silent-on-pkce',
    'under-another-name',
    'leading-to-a-script',
    'leading-out-of-tls',
  ])('does not begin at one %s', async (name) => {
    expect(await finishAt(name)).toEqual({ status: 502, code: 'oidc_issuer_unsuitable' });
  });

  it.each([
    ...['of-another-sign-in', 'without-nonce', 'for-another-client', 'too-late'],
    ...['of-somebody-else', 'not-signed', 'signed-with-the-secret'],
  ])('refuses a token %s', async (name) => {
    expect(await finishAt(name)).toEqual({ status: 403, code: 'oidc_answer_invalid' });
    expect(odd.redeemed).toContain(name);
  });

  it.each([
    ['names-another', { iss: 'https://elsewhere.example' }],
    ['names-it-almost', { iss: 'http://127.0.0.1' }],
    ['names-nobody', { iss: undefined }],
  ])('sends no code anywhere when the answer %s', async (name, answer) => {
    expect(await finishAt(name, answer)).toEqual({ status: 403, code: 'oidc_answer_invalid' });
    expect(odd.redeemed).not.toContain(name);
  });

  it('lets nobody in who is nothing here', async () => {
    expect(await finishAt('without-a-role')).toEqual({ status: 403, code: 'oidc_no_role' });
  });

  it.each([
    ['an issuer without TLS', { issuer: 'http://login.example' }],
    ['an issuer that is a script', { issuer: 'javascript:alert(1)' }],
    ['an issuer with a password', { issuer: 'https://user:password@login.example' }],
    ['an address of the cloud', { issuer: 'https://169.254.169.254' }],
    ['keys without a host', { issuer: 'https://login.example', jwks_url: 'file:///etc/passwd' }],
    [
      'a shared secret beside it',
      { issuer: 'https://login.example', secret: 'q8J2mZx7Lr4Vw9Bt1Ny6Kd3Hc5Fs0Gp8' },
    ],
    ['an algorithm for everybody', { issuer: 'https://login.example', algorithms: ['HS256'] }],
    ['a role that nobody has', { issuer: 'https://login.example', role_map: { a: 'emperor' } }],
  ])('cannot be set up with %s', async (_what, issuer) => {
    const body = { name: 'odd', sign_in: { client_id: 'console' }, ...issuer };
    const { status, body: answer } = await world.request('POST', '/api/v1/issuers', { body });
    expect([status, answer['code']]).toEqual([422, 'issuer_invalid']);
  });

  it('shows nobody a secret, and tells of each change', async () => {
    const listed = await world.request('GET', '/api/v1/issuers');
    const stored = await world.database.db.query(`SELECT * FROM trusted_issuer_secret`);
    const trail = await world.trail('identity.issuer.created');
    expect(trail.length).toBeGreaterThan(5);
    const everything = listed.text + JSON.stringify([stored, trail]);
    for (const secret of [CLIENT_SECRET, world.userServiceSecret]) expect(everything).not.toContain(secret);
    expect(listed.text).toContain('"has_client_secret":true');
  });
});
