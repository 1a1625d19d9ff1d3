import { type EventSink } from '../event-sink';
import { EventLog, placeOf, ReplayBudget } from './event-log';

const MIB = 1024 * 1024;

/** Keeps what a connection would carry. */
function newSink(): { readonly sink: EventSink; readonly frames: string[]; isOpen: boolean } {
  const frames: string[] = [];
  const state = {
    frames,
    isOpen: true,
    sink: undefined as unknown as EventSink,
  };
  state.sink = {
    get isOpen() {
      return state.isOpen;
    },
    write: (frame: string) => frames.push(frame) > 0,
    end: () => {
      state.isOpen = false;
    },
  } as unknown as EventSink;
  return state;
}

const numbersOf = (frames: readonly string[]): number[] =>
  frames.map((frame) => Number(/^id: s\.(\d+)$/m.exec(frame)?.[1]));

describe('EventLog', () => {
  it('gives a client that comes back what came after the last event that it has', () => {
    const log = new EventLog('s', new ReplayBudget(MIB));
    const [first, second] = [newSink(), newSink()];
    log.attach(first.sink);
    for (const text of ['1', '2', '3']) log.send(text);
    log.attach(second.sink, 1);
    log.send('4');

    expect(first).toMatchObject({ isOpen: false });
    expect(numbersOf(first.frames)).toEqual([1, 2, 3]);
    expect(numbersOf(second.frames)).toEqual([2, 3, 4]);
  });

  it('gives a new client nothing of what was before it', () => {
    const log = new EventLog('s', new ReplayBudget(MIB));
    log.send('1');
    const late = newSink();
    log.attach(late.sink);
    expect(late.frames).toEqual([]);
    expect(log.isListenedTo).toBe(true);
  });

  it('ends the connection of whoever comes back after the end', () => {
    const log = new EventLog('s', new ReplayBudget(MIB));
    log.send('result');
    log.complete();
    const back = newSink();
    log.attach(back.sink, 0);
    expect(numbersOf(back.frames)).toEqual([1]);
    expect(back.isOpen).toBe(false);
  });

  it('keeps the latest events, and not for ever', () => {
    const log = new EventLog('s', new ReplayBudget(MIB));
    for (let index = 0; index < 1_000; index += 1) log.send('x');
    const back = newSink();
    log.attach(back.sink, 0);
    expect(numbersOf(back.frames)).toEqual(Array.from({ length: 256 }, (_, index) => 745 + index));
  });

  it('keeps nothing when all streams together keep enough, and gives back what it took', () => {
    const budget = new ReplayBudget(1_000);
    const [one, other] = [new EventLog('s', budget), new EventLog('s', budget)];
    one.send('x'.repeat(900));
    other.send('x'.repeat(900));
    const back = newSink();
    other.attach(back.sink, 0);
    expect(back.frames).toEqual([]);

    one.forget();
    other.send('x'.repeat(900));
    const again = newSink();
    other.attach(again.sink, 0);
    expect(numbersOf(again.frames)).toEqual([2]);
  });

  it.each([
    ['s.12', { name: 's', number: 12 }],
    ['12', undefined],
    ['s.', undefined],
    ['../s.1', undefined],
    [undefined, undefined],
  ])('reads the event id %p', (id, place) => {
    expect(placeOf(id)).toEqual(place);
  });
});
