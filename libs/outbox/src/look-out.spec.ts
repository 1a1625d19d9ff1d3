import { LookOut } from './look-out';

const LONG_MS = 3_600_000;

/** Lets what was woken go on up to its next sleep. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const pass = async (ms: number): Promise<void> => {
  await jest.advanceTimersByTimeAsync(ms);
  await settle();
};

function watched(answers: readonly (number | undefined | Error)[], netMs = LONG_MS) {
  const rings: (() => void)[] = [];
  const failures: unknown[] = [];
  let looks = 0;
  const lookOut = new LookOut({
    name: 'spec',
    netMs,
    look: () => {
      const answer = answers[Math.min(looks, answers.length - 1)];
      looks += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    pubsub: {
      subscribe: (_channel, listener) => {
        rings.push(() => {
          listener('');
        });
        return Promise.resolve(() => Promise.resolve());
      },
      onReconnect: (listener) => {
        rings.push(listener);
      },
    },
    onFailure: (error) => {
      failures.push(error);
    },
  });
  const ring = (): void => {
    for (const one of rings) one();
  };
  return { lookOut, failures, looks: () => looks, ring };
}

describe('LookOut', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const started = async (...made: Parameters<typeof watched>) => {
    const parts = watched(...made);
    await parts.lookOut.start();
    await settle();
    return parts;
  };
  const stop = async ({ lookOut }: { lookOut: LookOut }): Promise<void> => {
    const stopped = lookOut.stop();
    await pass(0);
    await stopped;
  };

  it('looks when the time has come that the last look told of', async () => {
    const parts = await started([5_000, undefined]);
    expect(parts.looks()).toBe(1);
    await pass(4_900);
    expect(parts.looks()).toBe(1);
    await pass(200);
    expect(parts.looks()).toBe(2);
    await stop(parts);
  });

  it('looks at once when it is rung after a silence, and then no more often than once a second', async () => {
    const parts = await started([undefined]);
    await pass(10_000);
    parts.ring();
    await pass(0);
    expect(parts.looks()).toBe(2);
    parts.ring();
    await pass(900);
    expect(parts.looks()).toBe(2);
    await pass(200);
    expect(parts.looks()).toBe(3);
    await stop(parts);
  });

  it('looks without any notice before its net is over', async () => {
    const parts = await started([undefined], 15_000);
    await pass(15_100);
    expect(parts.looks()).toBe(2);
    await stop(parts);
  });

  it('does not ask all the time for what is due and not its own', async () => {
    const parts = await started([0]);
    await pass(3_500);
    expect(parts.looks()).toBeLessThanOrEqual(5);
    expect(parts.looks()).toBeGreaterThanOrEqual(3);
    await stop(parts);
  });

  it('goes on after failures and tells of them once', async () => {
    const parts = await started([new Error('away'), new Error('away'), undefined, new Error('again')]);
    await pass(2_500);
    expect(parts.looks()).toBe(3);
    expect(parts.failures).toHaveLength(1);
    parts.ring();
    await pass(600);
    expect(parts.failures).toHaveLength(2);
    await stop(parts);
  });
});
