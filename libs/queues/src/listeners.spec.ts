import { Listeners } from './listeners';

const quiet = { error: () => undefined };

describe('Listeners', () => {
  it('tells everybody, even after one that fails', () => {
    const heard: string[] = [];
    const listeners = new Listeners(quiet);
    listeners.add('a', () => {
      throw new Error('no');
    });
    listeners.add('a', (payload) => void heard.push(payload));
    listeners.add('b', (payload) => void heard.push(payload));
    listeners.tell('a', '1');

    expect(heard).toEqual(['1']);
  });

  it('says which one was the last of its channel, once', () => {
    const listeners = new Listeners(quiet);
    const same = (): void => undefined;
    const [first, second] = [listeners.add('a', same), listeners.add('a', same)];

    expect([first().wasLast, second().wasLast, second().wasLast]).toEqual([false, true, false]);
    expect(listeners.channels).toEqual([]);
  });

  it('does not lose a later listener to an earlier farewell', () => {
    const heard: string[] = [];
    const listeners = new Listeners(quiet);
    const leave = listeners.add('a', () => undefined);
    leave();
    listeners.add('a', (payload) => void heard.push(payload));
    leave();
    listeners.tell('a', '1');

    expect(heard).toEqual(['1']);
  });
});
