import { ActiveQueues } from './active-queues';

const KEPT_MS = 60_000;

function poolOf(...answers: readonly (readonly string[] | Error)[]) {
  let asked = 0;
  return {
    asked: () => asked,
    query: () => {
      const answer = answers[asked];
      asked += 1;
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve({ rows: (answer ?? []).map((queue) => ({ queue })) });
    },
  };
}

describe('ActiveQueues', () => {
  it('asks once for all that want to know', async () => {
    const pool = poolOf(['one']);
    const active = new ActiveQueues(KEPT_MS);

    expect(await Promise.all([active.has('one', pool), active.has('two', pool)])).toEqual([true, false]);
    expect(await active.has('one', pool)).toBe(true);
    expect(pool.asked()).toBe(1);
  });

  it('asks again when the answer is old', async () => {
    const pool = poolOf([], ['one']);
    const active = new ActiveQueues(0);

    expect(await active.has('one', pool)).toBe(false);
    expect(await active.has('one', pool)).toBe(true);
  });

  it('does not keep a failure', async () => {
    const pool = poolOf(new Error('gone'), ['one']);
    const active = new ActiveQueues(KEPT_MS);

    await expect(active.has('one', pool)).rejects.toThrow('gone');
    expect(await active.has('one', pool)).toBe(true);
  });
});
