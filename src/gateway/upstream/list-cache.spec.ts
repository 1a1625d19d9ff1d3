import { FakeClock } from '@app/testing';
import { type Fetched, ListCache } from './list-cache';

const MINUTE_MS = 60_000;

describe('the list of a server', () => {
  let clock: FakeClock;
  let items: readonly string[];
  let fault: Error | undefined;
  let fetched: number;
  let ttlMs: number | undefined;
  let cache: ListCache<string>;

  beforeEach(() => {
    clock = new FakeClock();
    items = ['a'];
    fault = undefined;
    fetched = 0;
    ttlMs = undefined;
    cache = new ListCache(() => {
      fetched += 1;
      return fault === undefined ? Promise.resolve({ items, ttlMs }) : Promise.reject(fault);
    }, clock);
  });

  const find = (name: string): Promise<string | undefined> => cache.find((item) => item === name);

  it('is fetched once while it is young', async () => {
    await cache.forDisplay();
    await find('a');
    expect(fetched).toBe(1);
  });

  it('answers at once for what it has, and is looked at again behind that when it is old', async () => {
    const findNow = (): string | undefined => cache.findNow((item) => item === 'a');
    expect(findNow()).toBeUndefined();
    expect(fetched).toBe(0);
    await cache.forDisplay();
    expect(findNow()).toBe('a');
    expect(fetched).toBe(1);
    clock.advance(MINUTE_MS + 1);
    expect(findNow()).toBe('a');
    await new Promise(setImmediate);
    expect(fetched).toBe(2);
    cache.invalidate();
    expect(findNow()).toBeUndefined();
  });

  it('is fetched anew after the server said that it changed', async () => {
    await cache.forDisplay();
    items = ['b'];
    cache.invalidate();
    expect((await cache.forDisplay()).items).toEqual(['b']);
  });

  it('is not believed when it changed while it was under way', async () => {
    let answer: (value: Fetched<string>) => void = () => undefined;
    const slow = new ListCache(() => new Promise<Fetched<string>>((resolve) => (answer = resolve)), clock);
    const first = slow.forDisplay();
    await Promise.resolve();
    await Promise.resolve();
    slow.invalidate();
    answer({ items: ['old'] });
    expect((await first).items).toEqual(['old']);
    const second = slow.forDisplay();
    await Promise.resolve();
    await Promise.resolve();
    answer({ items: ['new'] });
    expect((await second).items).toEqual(['new']);
  });

  it('is looked at again for a name that is missing, but not at once', async () => {
    await cache.forDisplay();
    items = ['a', 'b'];
    expect(await find('b')).toBeUndefined();
    clock.advance(1_000);
    expect(await find('b')).toBe('b');
  });

  it('is shown with the failure while it is not too old', async () => {
    await cache.forDisplay();
    fault = new Error('gone');
    cache.invalidate();
    expect(await cache.forDisplay()).toEqual({ items: ['a'], failure: fault });
    clock.advance(11 * MINUTE_MS);
    expect(await cache.forDisplay()).toEqual({ items: [], failure: fault });
  });

  it('is renewed in the background once it is old', async () => {
    await cache.forDisplay();
    items = ['b'];
    clock.advance(2 * MINUTE_MS);
    expect((await cache.forDisplay()).items).toEqual(['a']);
    await new Promise(setImmediate);
    expect((await cache.forDisplay()).items).toEqual(['b']);
  });

  it('is believed for as long as the server says', async () => {
    ttlMs = 5_000;
    await cache.forDisplay();
    clock.advance(4_000);
    expect(cache.believedForMs).toBe(1_000);
    await cache.forDisplay();
    expect(fetched).toBe(1);
    clock.advance(2_000);
    await cache.forDisplay();
    expect(fetched).toBe(2);
  });

  it('is fetched for everyone where the server wants it kept by nobody', async () => {
    ttlMs = 0;
    await cache.forDisplay();
    items = ['b'];
    expect((await cache.forDisplay()).items).toEqual(['b']);
  });

  it('stays the same object while it says the same', async () => {
    const first = (await cache.forDisplay()).items;
    items = ['a'];
    cache.invalidate();
    expect((await cache.forDisplay()).items).toBe(first);
  });
});
