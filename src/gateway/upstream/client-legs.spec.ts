import { FakeClock } from '@app/testing';
import { type Caller } from './server-questions';
import { type LegIdentity } from './client-legs';
import { ClientLegs } from './client-legs';
import { type Leg } from './leg';

const legs = (isOneStream: boolean): ClientLegs =>
  new ClientLegs(() => ({}) as Leg, new FakeClock(), isOneStream);
const identity = (isOneClient: boolean): LegIdentity => ({
  ...{ key: 'ada', isOneClient, capabilities: {}, info: {} },
  logLevel: () => undefined,
});
const caller: Caller = { ask: () => Promise.resolve({}), say: () => undefined };

describe('the sessions of a server that belong to clients', () => {
  it('are one for all calls of a caller where a question comes with its call', () => {
    const all = legs(false);
    const first = all.get(identity(false));
    first.questions.enter(caller);
    expect(all.get(identity(false))).toBe(first);
  });

  it('are one for each call where all comes over one stream, and are used again', () => {
    const all = legs(true);
    const first = all.get(identity(false));
    const leave = first.questions.enter(caller);
    const second = all.get(identity(false));
    expect(second).not.toBe(first);
    second.questions.enter(caller);
    leave();
    expect(all.get(identity(false))).toBe(first);
  });

  it('are one for a client that has sessions itself', () => {
    const all = legs(true);
    const first = all.get(identity(true));
    first.questions.enter(caller);
    expect(all.get(identity(true))).toBe(first);
  });

  it('are shared again where one caller has too many calls', () => {
    const all = legs(true);
    const made = new Set(
      Array.from({ length: 100 }, () => {
        const leg = all.get(identity(false));
        leg.questions.enter(caller);
        return leg;
      }),
    );
    expect(made.size).toBe(16);
  });
});
