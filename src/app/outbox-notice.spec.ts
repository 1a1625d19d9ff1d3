import { OutboxNotice } from './outbox-notice';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Wire {
  readonly underWay: { readonly arrive: () => void; readonly fail: () => void }[] = [];
  readonly publish = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.underWay.push({
        arrive: resolve,
        fail: () => {
          reject(new Error('away'));
        },
      });
    });
}

const open = () => {
  const wire = new Wire();
  return { wire, notice: new OutboxNotice(wire, { debug: () => undefined }) };
};

describe('the notice of new outbox rows', () => {
  it('is given at once', () => {
    const { wire, notice } = open();
    notice.give();
    expect(wire.underWay).toHaveLength(1);
  });

  it('is given once more for all that came while one was under way', async () => {
    const { wire, notice } = open();
    for (let at = 0; at < 10; at += 1) notice.give();
    wire.underWay[0]?.arrive();
    await turn();
    expect(wire.underWay).toHaveLength(2);
    wire.underWay[1]?.arrive();
    await turn();
    expect(wire.underWay).toHaveLength(2);
  });

  it('goes on after one that was lost', async () => {
    const { wire, notice } = open();
    notice.give();
    wire.underWay[0]?.fail();
    await turn();
    notice.give();
    expect(wire.underWay).toHaveLength(2);
  });

  it('is given again by itself when it was lost', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const { wire, notice } = open();
      notice.give();
      wire.underWay[0]?.fail();
      await turn();
      jest.runAllTimers();
      expect(wire.underWay).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
