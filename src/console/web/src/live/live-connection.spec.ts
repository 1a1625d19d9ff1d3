import { type Hearing, type Loss, type Way } from './carrier';
import { type Frame, type Topic } from './frames';
import { LiveConnection } from './live-connection';

/** A way in the hands of the test: it opens, tells and ends when it is told to. */
interface Taken {
  readonly way: Way;
  readonly hearing: Hearing;
  readonly since: number | undefined;
  readonly wanted: (readonly Topic[])[];
  asked: number;
  isClosed: boolean;
}

function begin(snapshot?: number) {
  const taken: Taken[] = [];
  const frames: Frame[] = [];
  const told = { gaps: 0, refusals: 0 };
  let wake: () => void = () => undefined;
  const open = (way: Way) => (hearing: Hearing, since: number | undefined) => {
    const line: Taken = { way, hearing, since, wanted: [], asked: 0, isClosed: false };
    taken.push(line);
    return {
      want: (topics: readonly Topic[]) => line.wanted.push(topics),
      ask: () => (line.asked += 1),
      close: () => (line.isClosed = true),
    };
  };
  const connection = new LiveConnection({
    open: { socket: open('socket'), events: open('events'), polling: open('polling') },
    onFrame: (frame) => frames.push(frame),
    onGap: () => (told.gaps += 1),
    onRefused: () => (told.refusals += 1),
    snapshot: () => snapshot,
    onWake: (listener) => {
      wake = listener;
      return () => undefined;
    },
  });
  connection.start();
  const last = (): Taken => taken.at(-1) as Taken;
  /** The next try is lost for a reason, and the one after it is waited for. */
  const lose = (why: Loss): void => {
    last().hearing.onLost(why);
    jest.advanceTimersByTime(15_000);
  };
  return { connection, taken, frames, told, last, lose, wake: () => wake() };
}

const at = (sequence: number): Frame => ({ type: 'task_update', sequence });

describe('the live connection', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('says what is wanted when it is open, and after that when it is something else', () => {
    const { connection, last } = begin(40);
    connection.want(['tasks']);
    expect(connection.status.get()).toEqual({ kind: 'connecting' });
    last().hearing.onOpen({ sequence: 50 });
    connection.want(['tasks']);
    connection.want(['agents', 'tasks']);
    expect(last().wanted).toEqual([['tasks'], ['agents', 'tasks']]);
    expect(last().since).toBe(40);
    expect(connection.status.get()).toEqual({ kind: 'live', by: 'socket' });
  });

  it('comes back after the last number, later and later, and at once when the machine wakes', () => {
    const { connection, taken, last, wake } = begin();
    last().hearing.onOpen({ sequence: 7 });
    last().hearing.onFrame(at(9));
    last().hearing.onLost('away');
    expect(connection.status.get()).toEqual({ kind: 'reconnecting', attempt: 1 });
    jest.advanceTimersByTime(500);
    expect(last().since).toBe(9);
    last().hearing.onLost('away');
    jest.advanceTimersByTime(500);
    expect(taken).toHaveLength(2);
    wake();
    expect(taken).toHaveLength(3);
    wake();
    expect(taken).toHaveLength(3);
  });

  it('never takes another way because the server is away', () => {
    const { taken, lose } = begin();
    for (let time = 0; time < 8; time += 1) lose('away');
    expect(new Set(taken.map(({ way }) => way))).toEqual(new Set(['socket']));
  });

  it('takes events after three barred sockets, asks by itself after two barred streams, and says so', () => {
    const { connection, taken, last, lose, told } = begin();
    for (let time = 0; time < 3; time += 1) lose('barred');
    expect(last().way).toBe('events');
    last().hearing.onOpen({ sequence: 5 });
    expect(connection.status.get()).toEqual({ kind: 'live', by: 'events' });
    last().hearing.onFrame(at(6));
    lose('barred');
    expect(last()).toMatchObject({ way: 'events', since: 6 });
    lose('barred');
    expect(last().way).toBe('polling');
    last().hearing.onOpen({});
    last().hearing.onGap();
    expect(told.gaps).toBe(1);
    expect(connection.status.get()).toEqual({ kind: 'live', by: 'polling' });
    expect(taken.map(({ way }) => way).join(' ')).toBe('socket socket socket events events polling');
  });

  it('goes back to the socket as soon as there is one, without a hole and without a flicker', () => {
    const { connection, taken, last, lose, frames } = begin();
    for (let time = 0; time < 3; time += 1) lose('barred');
    const events = last();
    events.hearing.onOpen({ sequence: 5 });
    const seen: string[] = [];
    connection.status.subscribe(() => seen.push(connection.status.get().kind));
    const alive = setInterval(() => events.hearing.onSign(), 1_000);
    jest.advanceTimersByTime(60_000);
    expect(last().way).toBe('socket');
    last().hearing.onLost('barred');
    jest.advanceTimersByTime(60_000);
    events.hearing.onFrame(at(8));
    last().hearing.onOpen({ sequence: 9 });
    clearInterval(alive);
    expect(events.isClosed).toBe(true);
    events.hearing.onFrame(at(9));
    expect(frames).toEqual([at(8)]);
    expect(seen).toEqual(['live']);
    expect(taken.map(({ way }) => way)).toEqual(['socket', 'socket', 'socket', 'events', 'socket', 'socket']);
  });

  it('asks for a sign of life, and without one is stale since the last', () => {
    const { connection, last, taken } = begin();
    last().hearing.onOpen({});
    const openedAt = Date.now();
    jest.advanceTimersByTime(20_000);
    expect(last().asked).toBe(1);
    jest.advanceTimersByTime(20_000);
    expect(connection.status.get()).toEqual({ kind: 'stale', since: openedAt });
    expect(taken[0]?.isClosed).toBe(true);
    jest.advanceTimersByTime(1_000);
    expect(connection.status.get().kind).toBe('stale');
    last().hearing.onOpen({});
    expect(connection.status.get().kind).toBe('live');
  });

  it('does not call stale what only slept with its tab', () => {
    const { connection, last } = begin();
    last().hearing.onOpen({});
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(5_000);
    expect(connection.status.get().kind).toBe('live');
    last().hearing.onSign();
    jest.advanceTimersByTime(5_000);
    expect(connection.status.get().kind).toBe('live');
  });

  it('has the session looked at when the server refuses it, and is quiet once it was stopped', () => {
    const { connection, last, lose, told, taken } = begin();
    last().hearing.onOpen({});
    lose('session');
    expect([told.refusals, taken.length]).toEqual([1, 2]);
    connection.stop();
    last().hearing.onLost('away');
    jest.advanceTimersByTime(60_000);
    expect(taken).toHaveLength(2);
  });
});
