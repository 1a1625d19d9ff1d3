import { McpTimeoutError } from '../errors';
import { CallTime } from './call-time';
import { type PasserListener } from './channel';
import { type PassedResult, type PassListener, type RestOfCall } from './session';
import { TimedPass } from './timed-pass';

const LIMIT_MS = 1_000;
const RESULT: PassedResult = { bytes: Buffer.from('{}'), isToolError: false };

/** A call on its way, with both of its ends in the hands of the test. */
function onItsWay(isPassed = true) {
  const told: (PassedResult | RestOfCall)[] = [];
  const aborted: Error[] = [];
  let server: PasserListener | undefined;
  const listener: PassListener = {
    onResult: (result) => {
      if (isPassed) told.push(result);
      return isPassed;
    },
    onOther: (rest) => {
      told.push(rest);
    },
  };
  const limit = { method: 'tools/call', timeoutMs: LIMIT_MS };
  const pass = new TimedPass(listener, new CallTime('docs', LIMIT_MS), limit);
  const passer = {
    pass: (_method: string, _params: object, asked: PasserListener) => {
      server = asked;
      return { abort: (reason: Error) => aborted.push(reason) };
    },
  };
  pass.start(passer, {});
  return { pass, told, aborted, server: server! };
}

describe('a call whose result is passed on', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells of its result, and then its time does not matter any more', () => {
    const { told, server, aborted } = onItsWay();
    expect(server.onResult(RESULT)).toBe(true);
    jest.advanceTimersByTime(2 * LIMIT_MS);
    expect([told, aborted]).toEqual([[RESULT], []]);
  });

  it('ends when its time is over, for its server too', async () => {
    const { told, aborted } = onItsWay();
    jest.advanceTimersByTime(LIMIT_MS);
    expect(aborted).toHaveLength(1);
    await expect((told[0] as RestOfCall)({})).rejects.toBeInstanceOf(McpTimeoutError);
  });

  it('gives a result that has to be read to whoever goes on with it', async () => {
    const { told, server } = onItsWay(false);
    expect(server.onResult(RESULT)).toBe(false);
    server.onOther(() => Promise.resolve({ read: true }));
    expect(await (told[0] as RestOfCall)({})).toEqual({ read: true });
  });

  it('stands still while a person thinks, and begins anew', async () => {
    const { pass, aborted } = onItsWay();
    let answer: (value: string) => void = () => undefined;
    const question = pass.during(new Promise<string>((resolve) => (answer = resolve)));
    jest.advanceTimersByTime(10 * LIMIT_MS);
    answer('Ada');
    expect(await question).toBe('Ada');
    jest.advanceTimersByTime(LIMIT_MS - 1);
    expect(aborted).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(aborted).toHaveLength(1);
  });

  it('is given up without a word to whoever gave it up', () => {
    const { pass, told, aborted } = onItsWay();
    pass.abort(new Error('bye'));
    jest.advanceTimersByTime(2 * LIMIT_MS);
    expect([told, aborted.map(({ message }) => message)]).toEqual([[], ['bye']]);
  });
});
