import { generateKeyPairSync } from 'node:crypto';
import { FakeClock } from '@app/testing';
import { errors } from 'jose';
import { KeySet, KeySetUnavailableError } from './key-set';

const jwk = (kid: string): object => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  ...{ kid, alg: 'ES256', use: 'sig' },
});
const TOKEN = { payload: '', signature: '' };
const header = (kid: string) => ({ alg: 'ES256', kid });

describe('a set of keys', () => {
  let clock: FakeClock;
  let keys: object[];
  let asked: number;
  let changes: number;
  let isAway: boolean;
  let set: KeySet;

  beforeEach(() => {
    [clock, keys, asked, changes, isAway] = [new FakeClock(), [jwk('one')], 0, 0, false];
    const answer = (): Promise<Response> => {
      asked += 1;
      if (isAway) return Promise.reject(new Error('away'));
      return Promise.resolve(new Response(JSON.stringify({ keys })));
    };
    set = new KeySet('https://issuer.example/keys', answer, clock, () => {
      changes += 1;
    });
  });

  const find = (kid: string): Promise<unknown> => set.keyFor(header(kid), TOKEN);

  it('is asked for once by many', async () => {
    await Promise.all(Array.from({ length: 20 }, () => find('one')));
    expect([asked, changes]).toEqual([1, 1]);
  });

  it('is asked for again for a name that is new, once for many, and not at every invented name', async () => {
    await find('one');
    keys = [jwk('two')];
    await Promise.all(Array.from({ length: 20 }, () => find('two')));
    expect([asked, changes]).toEqual([2, 2]);
    await expect(find('one')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    for (let tried = 0; tried < 20; tried += 1)
      await expect(find(`invented-${String(tried)}`)).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    expect(asked).toBe(2);
    clock.advance(11_000);
    await expect(find('invented')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
    expect(asked).toBe(3);
  });

  it('forgets a key that is no longer published', async () => {
    await find('one');
    keys = [jwk('two')];
    clock.advance(5 * 60_000);
    await expect(find('one')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
  });

  it('holds for an hour while the issuer is away, and not for ever', async () => {
    await find('one');
    isAway = true;
    clock.advance(59 * 60_000);
    await find('one');
    expect(asked).toBe(2);
    await find('one');
    expect(asked).toBe(2);
    clock.advance(2 * 60_000);
    await expect(find('one')).rejects.toBeInstanceOf(KeySetUnavailableError);
    isAway = false;
    clock.advance(11_000);
    await find('one');
  });

  it.each([
    ['{"keys":{}}'],
    ['[]'],
    ['no JSON'],
    [JSON.stringify({ keys: Array.from({ length: 101 }, () => ({})) })],
  ])('is not %.20s', async (text) => {
    set = new KeySet(
      'https://issuer.example/keys',
      () => Promise.resolve(new Response(text)),
      clock,
      () => undefined,
    );
    await expect(find('one')).rejects.toBeInstanceOf(KeySetUnavailableError);
  });
});
