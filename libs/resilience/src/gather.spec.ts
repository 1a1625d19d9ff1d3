import { AsyncLocalStorage } from 'node:async_hooks';
import { Gather } from './gather';

const away = new Error('away');

interface Setup {
  readonly maxBatch?: number;
  readonly maxWaiting?: number;
  readonly maxWeight?: number;
}

/** Doubles numbers; refuses 13; each run waits to be let go. */
function doubling({ maxBatch = 10, maxWaiting = 100, maxWeight = 1_000 }: Setup = {}) {
  const runs: (readonly number[])[] = [];
  let isAway = false;
  const gather = new Gather<number, number>({
    maxBatch,
    maxWaiting,
    maxWeight,
    weightOf: (item) => item,
    run: async (items) => {
      runs.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      if (isAway) throw away;
      if (items.includes(13)) throw new Error('13');
      return items.map((item) => item * 2);
    },
    isShared: (error) => error === away,
    refusal: () => new Error('full'),
  });
  return { gather, runs, goAway: () => (isAway = true) };
}

describe('Gather', () => {
  it('runs what comes while a run is on its way together, each with its own answer', async () => {
    const { gather, runs } = doubling();
    const first = gather.add(1);
    await Promise.resolve();
    await Promise.resolve();
    const others = [2, 3, 4].map((item) => gather.add(item));
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6, 8]);
    expect(runs).toEqual([[1], [2, 3, 4]]);
    await gather.idle();
    expect(gather.isIdle).toBe(true);
  });

  it('takes what is added in one breath at once, and no more than a batch or its weight', async () => {
    const { gather, runs } = doubling({ maxBatch: 3, maxWeight: 100 });
    await Promise.all([1, 2, 3, 4, 99, 200, 5].map((item) => gather.add(item)));
    expect(runs).toEqual([[1, 2, 3], [4], [99], [200], [5]]);
  });

  it('fails the item that cannot be carried out, and none beside it', async () => {
    const { gather } = doubling();
    const outs = await Promise.allSettled([1, 2, 13, 4, 5].map((item) => gather.add(item)));
    expect(outs.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('does not try one by one what fails for all', async () => {
    const { gather, runs, goAway } = doubling();
    goAway();
    const outs = await Promise.allSettled([1, 2, 3].map((item) => gather.add(item)));
    expect(outs.every((out) => out.status === 'rejected' && out.reason === away)).toBe(true);
    expect(runs).toHaveLength(1);
    await expect(gather.add(4)).rejects.toBe(away);
  });

  it('refuses what would wait behind too many', async () => {
    const { gather } = doubling({ maxWaiting: 2 });
    const [one, other] = [gather.add(1), gather.add(2)];
    await expect(gather.add(3)).rejects.toThrow('full');
    expect(await Promise.all([one, other])).toEqual([2, 4]);
  });

  it('runs in nobody’s context', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const gather = new Gather<number, number>({
      ...{ maxBatch: 1, maxWaiting: 10, isShared: () => false, refusal: () => new Error('full') },
      run: (items) => {
        seen.push(storage.getStore());
        return Promise.resolve(items);
      },
    });
    await storage.run('a request', () => Promise.all([gather.add(1), gather.add(2)]));
    expect(seen).toEqual([undefined, undefined]);
  });
});
