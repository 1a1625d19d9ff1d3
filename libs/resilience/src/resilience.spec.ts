import {
  Backoff,
  Bulkhead,
  BulkheadFullError,
  CircuitBreaker,
  CircuitOpenError,
  pause,
  retry,
  Semaphore,
  SingleFlight,
  TimeoutError,
  withTimeout,
} from './index';

/** A promise that somebody else settles. */
function deferred<T = void>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((one, other) => {
    resolve = one;
    reject = other;
  });
  return { promise, resolve, reject };
}

/** Lets everything run that needs no more than promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('withTimeout', () => {
  it('gives what the work gives', async () => {
    expect(await withTimeout(60_000, () => Promise.resolve(7))).toBe(7);
  });

  it('ends at the limit, and tells the work so', async () => {
    let seen: AbortSignal | undefined;
    const late = withTimeout(
      5,
      (signal) => {
        seen = signal;
        return new Promise(() => undefined);
      },
      { what: 'The probe' },
    );
    await expect(late).rejects.toThrow('The probe did not finish within 5 ms.');
    expect(seen?.reason).toBeInstanceOf(TimeoutError);
  });

  it('ends with the reason of the caller', async () => {
    const stop = new AbortController();
    const ended = withTimeout(60_000, () => new Promise(() => undefined), { signal: stop.signal });
    stop.abort(new Error('gone'));
    await expect(ended).rejects.toThrow('gone');
    await expect(withTimeout(60_000, () => Promise.resolve(1), { signal: stop.signal })).rejects.toThrow(
      'gone',
    );
  });

  it('passes on what the work throws', async () => {
    await expect(withTimeout(60_000, () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('pause', () => {
  it('ends at once when it is aborted', async () => {
    const stop = new AbortController();
    const pausing = pause(3_600_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(pausing).rejects.toThrow('enough');
  });
});

describe('Backoff', () => {
  it('doubles its ceiling up to the maximum', () => {
    const backoff = new Backoff({ random: () => 1 });
    const delays = Array.from({ length: 11 }, () => backoff.nextMs() / 1_000);
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(backoff.delayMs(1_000_000)).toBe(300_000);
  });

  it('lies anywhere below the ceiling, and begins again after a success', () => {
    const backoff = new Backoff({ initialMs: 100, random: () => 0.25 });
    expect([backoff.nextMs(), backoff.nextMs(), backoff.attempt]).toEqual([25, 50, 2]);
    backoff.reset();
    expect([backoff.nextMs(), backoff.attempt]).toEqual([25, 1]);
  });
});

describe('retry', () => {
  const at = () => new Backoff({ initialMs: 0 });

  it('tries until it works', async () => {
    const tries: number[] = [];
    const result = await retry(
      (attempt) => {
        tries.push(attempt);
        return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('done');
      },
      { attempts: 5, backoff: at() },
    );
    expect([result, tries]).toEqual(['done', [1, 2, 3]]);
  });

  it('gives up after the last try, with its error', async () => {
    const failing = retry((attempt) => Promise.reject(new Error(`no ${attempt}`)), {
      attempts: 3,
      backoff: at(),
    });
    await expect(failing).rejects.toThrow('no 3');
  });

  it('does not repeat what will not heal', async () => {
    let tries = 0;
    const failing = retry(() => Promise.reject(new Error(`no ${++tries}`)), {
      attempts: 3,
      backoff: at(),
      isRetryable: () => false,
    });
    await expect(failing).rejects.toThrow('no 1');
  });
});

describe('Semaphore', () => {
  it('admits in order of arrival, as many as the limit says', async () => {
    const semaphore = new Semaphore(2);
    const gates = [deferred(), deferred(), deferred()];
    const begun: number[] = [];
    const runs = gates.map(({ promise }, index) =>
      semaphore.run(() => {
        begun.push(index);
        return promise;
      }),
    );
    await settle();
    expect([begun, semaphore.active, semaphore.waiting]).toEqual([[0, 1], 2, 1]);

    gates[1]?.reject(new Error('failed work gives its place back too'));
    await expect(runs[1]).rejects.toThrow();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    gates.forEach(({ resolve }) => {
      resolve();
    });
    await Promise.allSettled(runs);
    expect([semaphore.active, semaphore.waiting]).toEqual([0, 0]);
  });

  it('forgets a waiter who went away, and gives back a place only once', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const stop = new AbortController();
    const waiting = semaphore.acquire(stop.signal);
    stop.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');

    release();
    release();
    expect([semaphore.active, semaphore.waiting]).toEqual([0, 0]);
  });

  it('lets who may go ahead in first, in order among themselves', async () => {
    const semaphore = new Semaphore(1, 4);
    const release = await semaphore.acquire();
    const begun: string[] = [];
    const come = (name: string, turn?: 'ahead'): Promise<void> =>
      semaphore.run(() => Promise.resolve(void begun.push(name)), undefined, turn);
    const all = [come('first'), come('ahead', 'ahead'), come('second'), come('ahead too', 'ahead')];
    await expect(come('one too many', 'ahead')).rejects.toThrow(BulkheadFullError);
    release();
    await Promise.all(all);
    expect(begun).toEqual(['ahead', 'ahead too', 'first', 'second']);
  });

  it('refuses an impossible limit', () => {
    expect(() => new Semaphore(0)).toThrow(RangeError);
  });
});

describe('Bulkhead', () => {
  it('says no when the short queue is full', async () => {
    const bulkhead = new Bulkhead(1, 1, 'docs-search');
    const { promise, resolve } = deferred();
    const first = bulkhead.run(() => promise);
    const second = bulkhead.run(() => promise);
    await settle();

    await expect(bulkhead.run(() => promise)).rejects.toThrow(BulkheadFullError);
    resolve();
    await Promise.all([first, second]);
    expect([bulkhead.active, bulkhead.waiting]).toEqual([0, 0]);
  });
});

describe('SingleFlight', () => {
  it('asks once for many, and again afterwards', async () => {
    const flights = new SingleFlight<string, number>();
    let asked = 0;
    const ask = () => flights.run('key', () => Promise.resolve(++asked));

    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    expect([await ask(), flights.size]).toEqual([2, 0]);
  });

  it('shares a failure, and keeps none', async () => {
    const flights = new SingleFlight<string, number>();
    const fail = () => flights.run('key', () => Promise.reject(new Error('no')));
    expect((await Promise.allSettled([fail(), fail()])).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    expect(await flights.run('key', () => Promise.resolve(1))).toBe(1);
  });
});

describe('CircuitBreaker', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const failing = () => Promise.reject(new Error('down'));
  const make = () =>
    new CircuitBreaker({
      name: 'docs-search',
      failures: 3,
      openForMs: 10_000,
      maxOpenForMs: 30_000,
      isFailure: ({ message }) => message === 'down',
    });
  async function trip(breaker: CircuitBreaker): Promise<void> {
    for (let call = 0; call < 3; call += 1) await expect(breaker.run(failing)).rejects.toThrow('down');
  }

  it('opens after failures in a row, and says when to come back', async () => {
    const breaker = make();
    await trip(breaker);
    const refused = breaker.run(() => Promise.resolve(1));

    await expect(refused).rejects.toMatchObject({ code: 'circuit_open', retryAfterS: 10 });
    expect(breaker.state()).toBe('open');
  });

  it('does not count what is no outage', async () => {
    const breaker = make();
    for (let call = 0; call < 9; call += 1) {
      await expect(breaker.run(() => Promise.reject(new Error('no such tool')))).rejects.toThrow(
        'no such tool',
      );
    }
    expect(breaker.state()).toBe('closed');
  });

  it('lets one probe through, and nobody waits for it', async () => {
    const breaker = make();
    const states: string[] = [];
    breaker.onChange((state) => states.push(state));
    await trip(breaker);
    jest.setSystemTime(10_000);
    const probe = deferred<number>();
    const probing = breaker.run(() => probe.promise);

    expect(breaker.state()).toBe('half_open');
    await expect(breaker.run(() => Promise.resolve(1))).rejects.toThrow(CircuitOpenError);
    probe.resolve(5);
    expect(await probing).toBe(5);
    expect([breaker.state(), states]).toEqual(['closed', ['open', 'half_open', 'closed']]);
  });

  it('stays open when the caller of the probe left before anything was learned', async () => {
    const breaker = new CircuitBreaker({
      name: 'docs-search',
      failures: 3,
      isFailure: ({ message }) => message === 'down',
      provesLife: ({ message }) => message === 'no such tool',
    });
    await trip(breaker);
    jest.setSystemTime(10_000);
    await expect(breaker.run(() => Promise.reject(new Error('the caller hung up')))).rejects.toThrow();
    expect(breaker.state()).toBe('open');

    jest.setSystemTime(60_000);
    await expect(breaker.run(() => Promise.reject(new Error('no such tool')))).rejects.toThrow();
    expect(breaker.state()).toBe('closed');
  });

  it('stays away longer after each failed probe, up to a maximum', async () => {
    const breaker = make();
    await trip(breaker);
    let now = 0;
    for (const openForMs of [10_000, 20_000, 30_000, 30_000]) {
      expect(breaker.retryAfterS).toBe(openForMs / 1_000);
      jest.setSystemTime((now += openForMs));
      await expect(breaker.run(failing)).rejects.toThrow('down');
    }
  });

  it('is held for as long as the other side asked', async () => {
    const breaker = make();
    breaker.hold(5_000);
    await expect(breaker.run(() => Promise.resolve(1))).rejects.toMatchObject({ retryAfterS: 5 });
    expect(breaker.state()).toBe('open');
    jest.setSystemTime(5_000);
    expect([breaker.state(), await breaker.run(() => Promise.resolve(1))]).toEqual(['closed', 1]);
  });
});
