import { Bell } from './bell';

const LONG_MS = 3_600_000;

describe('Bell', () => {
  it('wakes a sleeper', async () => {
    const bell = new Bell();
    const asleep = bell.sleep(LONG_MS);
    bell.ring();
    await expect(asleep).resolves.toBe(true);
  });

  it('remembers one ring of many that nobody slept through', async () => {
    const bell = new Bell();
    bell.ring();
    bell.ring();
    await bell.sleep(LONG_MS);

    let isAwake = false;
    const asleep = bell.sleep(LONG_MS).then(() => (isAwake = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAwake).toBe(false);
    bell.ring();
    await asleep;
  });

  it('wakes by itself when the time is over', async () => {
    await expect(new Bell().sleep(1)).resolves.toBe(false);
  });
});
