import { FakeClock } from '@app/testing';
import { type ForeignIdentity } from './foreign-tokens';
import { TokenCache } from './token-cache';

const MINUTE_MS = 60_000;
const MAX_ENTRIES = 10_000;
/** The cache hands out what it was given and looks at nothing in it. */
const identity = (name: string): ForeignIdentity => ({ principal: { name } }) as ForeignIdentity;

describe('the cache of verified tokens', () => {
  let clock: FakeClock;
  let cache: TokenCache;
  const put = (key: string, name = key, livesMs = 10 * MINUTE_MS): void => {
    cache.put(key, identity(name), { expiresAtMs: clock.now().getTime() + livesMs, epoch: cache.epoch });
  };

  beforeEach(() => {
    clock = new FakeClock();
    cache = new TokenCache(clock);
  });

  it('believes for a minute', () => {
    put('a');
    clock.advance(MINUTE_MS - 1);
    expect(cache.get('a')).toEqual(identity('a'));
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('believes no token beyond its own end', () => {
    put('a', 'a', 1_000);
    clock.advance(999);
    expect(cache.get('a')).toBeDefined();
    clock.advance(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('knows a token for one audience by another name than for the next', () => {
    const keys = [undefined, 'one', 'two'].map((audience) => TokenCache.keyOf('token', audience));
    expect(new Set([...keys, TokenCache.keyOf('token2', 'one')]).size).toBe(4);
    expect(keys.join()).not.toContain('token');
  });

  it('forgets everything when issuers change, and what was being verified meanwhile', () => {
    put('a');
    const { epoch } = cache;
    cache.clear();
    cache.put('b', identity('b'), { expiresAtMs: clock.now().getTime() + MINUTE_MS, epoch });
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, undefined]);
    put('b');
    expect(cache.get('b')).toEqual(identity('b'));
  });

  it('keeps the newest when there are too many', () => {
    for (let at = 0; at <= MAX_ENTRIES; at += 1) put(String(at));
    expect(cache.get('0')).toBeUndefined();
    expect(cache.get('1')).toBeDefined();
    expect(cache.get(String(MAX_ENTRIES))).toBeDefined();
  });
});
