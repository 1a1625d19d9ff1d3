import { type Channel } from '@app/contracts';
import { PubSub } from '@app/queues';
import { eventually } from '@app/testing';
import { RecoverySweep } from './recovery-sweep';
import { type InstanceSweep } from './sweep';

class FakePubSub extends PubSub {
  reconnect: () => void = () => undefined;
  override publish(_channel: Channel): Promise<void> {
    return Promise.resolve();
  }
  override subscribe(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve());
  }
  override onReconnect(listener: () => void): void {
    this.reconnect = listener;
  }
  override close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the sweep out of turn', () => {
  let pubsub: FakePubSub;
  let tries: number;
  let isAway: boolean;
  let recovery: RecoverySweep;

  beforeEach(() => {
    pubsub = new FakePubSub();
    tries = 0;
    isAway = false;
    const run = (): Promise<number> => {
      tries += 1;
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve(0);
    };
    recovery = new RecoverySweep({ run } as unknown as InstanceSweep, pubsub);
  });

  afterEach(() => recovery.onApplicationShutdown());

  const triedTimes = (times: number): Promise<void> =>
    eventually(() => {
      expect(tries).toBe(times);
    });

  it('takes place at the start and after each loss of a connection', async () => {
    recovery.onApplicationBootstrap();
    await triedTimes(1);
    pubsub.reconnect();
    await triedTimes(2);
  });

  it('is tried until it went through, and made once for many who ask meanwhile', async () => {
    isAway = true;
    recovery.onApplicationBootstrap();
    await eventually(() => {
      expect(tries).toBeGreaterThan(1);
    });
    isAway = false;
    for (let asked = 0; asked < 10; asked += 1) recovery.soon();
    const before = tries;
    await eventually(() => {
      expect(tries).toBeGreaterThan(before);
    });
    await recovery.onApplicationShutdown();
    expect(tries).toBeLessThanOrEqual(before + 2);
  });
});
