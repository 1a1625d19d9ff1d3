import { eventually } from './eventually';
import { FakeClock } from './fake-clock';

describe('eventually', () => {
  it('repeats a check until it holds, and gives its value', async () => {
    let looks = 0;
    const check = (): number => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return looks;
    };
    await expect(eventually(check, { everyMs: 1 })).resolves.toBe(3);
  });

  it('gives up with the last error', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('never'));
    await expect(eventually(never, { deadlineMs: 0, everyMs: 1 })).rejects.toThrow('never');
  });
});

describe('FakeClock', () => {
  it('moves when it is told to, and never back', () => {
    const clock = new FakeClock(new Date(1_000));
    clock.advance(500);
    expect([clock.now().getTime(), clock.monotonicMs()]).toEqual([1_500, 500]);
    expect(() => {
      clock.advance(-1);
    }).toThrow('does not go back');
  });
});
