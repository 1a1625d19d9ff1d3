import { randomBytes, randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { Keyring } from '@app/security';
import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { IdentityOptions } from '../identity.options';
import { AccessTokens } from './access-tokens';

const master = (): string => randomBytes(32).toString('base64');
const OLD = `old:${master()}`;
const NEW = `new:${master()}`;
const keyring = Keyring.fromSetting(OLD);
const URL = 'https://quayside.example';
const options = new IdentityOptions('b'.repeat(32), undefined, [URL]);
const tokens = new AccessTokens(keyring, options);
const CLAIMS = { sessionId: randomUUID(), userId: randomUUID(), workspaceId: DEFAULT_WORKSPACE_ID };
const key = keyring.derive('access-token', 32, 'old');

/** A token as `issue` makes it, but for what a test changes. */
const forged = (
  change: { header?: object; claims?: object; key?: Uint8Array; expiresAt?: string } = {},
): Promise<string> =>
  new SignJWT({ sid: CLAIMS.sessionId, ws: CLAIMS.workspaceId, ...change.claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'old', ...change.header })
    .setIssuedAt()
    .setIssuer(URL)
    .setAudience(URL)
    .setSubject(CLAIMS.userId)
    .setExpirationTime(change.expiresAt ?? '10 minutes')
    .sign(change.key ?? key);

describe('access tokens', () => {
  it('say who, where and until when', async () => {
    const jwt = await tokens.issue(CLAIMS);
    expect(tokens.claimsOurs(jwt)).toBe(true);
    const claims = await tokens.verify(jwt);
    expect(claims).toMatchObject(CLAIMS);
    expect((claims?.expiresAtMs ?? 0) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
  });

  it('go on to hold under a new master key while the old one is known', async () => {
    const jwt = await tokens.issue(CLAIMS);
    const after = new AccessTokens(Keyring.fromSetting(`${NEW},${OLD}`), options);
    expect(await after.verify(jwt)).toMatchObject(CLAIMS);
    const without = new AccessTokens(Keyring.fromSetting(NEW), options);
    expect(await without.verify(jwt)).toBeUndefined();
  });

  it('are what this test would forge if it could', async () => {
    expect(await tokens.verify(await forged())).toMatchObject(CLAIMS);
  });

  it.each([
    ['another key', () => forged({ key: randomBytes(32) })],
    ['the master key itself', () => forged({ key: Buffer.from(OLD.slice(4), 'base64') })],
    ['another algorithm', () => forged({ header: { alg: 'HS512' }, key: randomBytes(64) })],
    ['a key id that is not ours', () => forged({ header: { kid: '../old' } })],
    ['no key id', () => forged({ header: { kid: undefined } })],
    ['another type', () => forged({ header: { typ: 'JWT' } })],
    [
      'another audience',
      () => forged({ claims: { aud: 'https://elsewhere.example' } }).then(tampered('aud')),
    ],
    ['no session', () => forged({ claims: { sid: undefined } })],
    ['a session that is no text', () => forged({ claims: { sid: { $ne: null } } })],
    ['a time that is over', () => forged({ expiresAt: '-1 minute' })],
    ['an altered claim', () => forged().then(tampered('sub'))],
    ['no signature', () => Promise.resolve(unsigned())],
    [
      'no end',
      () => new SignJWT({}).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'old' }).sign(key),
    ],
    ['no sense', () => Promise.resolve('a.b.c')],
  ])('are refused with %s', async (_what, make) => {
    expect(await tokens.verify(await make())).toBeUndefined();
  });
});

/** The same signature over something else. */
function tampered(claim: string): (jwt: string) => string {
  return (jwt) => {
    const [header, body = '', signature] = jwt.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const changed = base64url.encode(JSON.stringify({ ...claims, [claim]: randomUUID() }));
    return [header, changed, signature].join('.');
  };
}

const unsigned = (): string =>
  new UnsecuredJWT({ sid: CLAIMS.sessionId, ws: CLAIMS.workspaceId, sub: CLAIMS.userId })
    .setIssuer(URL)
    .setAudience(URL)
    .setExpirationTime('10 minutes')
    .encode();
