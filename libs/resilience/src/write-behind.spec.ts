import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { WriteBehind } from './write-behind';

const HOUR_MS = 3_600_000;
const context = new AsyncLocalStorage<string>();

describe('writing behind', () => {
  const written: { readonly batch: readonly number[]; readonly within: string | undefined }[] = [];
  let failure: Error | undefined;
  const behind = (): WriteBehind<number> =>
    new WriteBehind<number>({
      ...{ capacity: 100, batchMax: 3, flushEveryMs: HOUR_MS },
      write: (batch) => {
        if (failure !== undefined) return Promise.reject(failure);
        written.push({ batch, within: context.getStore() });
        return Promise.resolve();
      },
      ...{ isAway: () => true, onAway: () => undefined, onRefused: () => undefined },
    });
  const push = (into: WriteBehind<number>, ...entries: number[]): void => {
    for (const entry of entries) into.push(entry);
  };

  afterEach(() => {
    written.length = 0;
    failure = undefined;
  });

  it('writes a full batch without waiting for the timer, and not in the context of whoever filled it', async () => {
    const into = behind();
    into.start();
    context.run('a transaction of somebody', () => {
      push(into, 1, 2, 3);
    });
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual([{ batch: [1, 2, 3], within: undefined }]);
    push(into, 4);
    await turn();
    expect(written).toHaveLength(1);
    await into.stop(HOUR_MS);
    expect(written[1]?.batch).toEqual([4]);
  });

  it('leaves what comes during a write to the next one, and whoever asks for that to be written is answered after it', async () => {
    const batches: number[][] = [];
    const into: WriteBehind<number> = new WriteBehind<number>({
      ...{ capacity: 100, batchMax: 3, flushEveryMs: HOUR_MS },
      write: async (batch) => {
        batches.push([...batch]);
        if (batches.length < 10) into.push(100 + batches.length);
        await turn();
      },
      ...{ isAway: () => true, onAway: () => undefined, onRefused: () => undefined },
    });
    push(into, 1, 2, 3, 4);
    const first = into.flush();
    await turn();
    const second = into.flush();
    await Promise.all([first, second]);
    expect(batches).toEqual([[1, 2, 3], [4], [101, 102]]);
  });

  it('leaves a store that is away to the timer', async () => {
    failure = new Error('away');
    const into = behind();
    into.start();
    push(into, 1, 2, 3);
    await turn();
    expect(into.isWaiting).toBe(true);
    failure = undefined;
    push(into, 4, 5, 6);
    await turn();
    expect(written).toEqual([]);
    await into.flush();
    expect(written.map(({ batch }) => batch)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    await into.stop(HOUR_MS);
  });
});
