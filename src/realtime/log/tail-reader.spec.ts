import { type PubSub } from '@app/queues';
import { type Hub } from '../feed/hub';
import { RecentEvents } from '../feed/recent-events';
import { type LogEvent } from '../domain/log-event';
import { RealtimeOptions } from '../realtime.options';
import { type EventLog } from './event-log';
import { TailReader } from './tail-reader';

/** A log of one number, an audience that comes and goes, and how often the database was asked. */
async function world() {
  const asked = { head: 0, after: 0 };
  const truth = { head: 5, hasReaders: false };
  const recent = new RecentEvents();
  let notice: (payload: string) => void = () => undefined;
  const log = {
    head: () => Promise.resolve(((asked.head += 1), truth.head)),
    after: () => Promise.resolve(((asked.after += 1), [] as readonly LogEvent[])),
  };
  const hub = {
    recent,
    get head() {
      return recent.head;
    },
    get hasReaders() {
      return truth.hasReaders;
    },
    tell: () => undefined,
    resume: () => undefined,
  };
  const pubsub = {
    onReconnect: () => undefined,
    subscribe: (_: string, listener: typeof notice) => {
      notice = listener;
      return Promise.resolve(() => Promise.resolve());
    },
  };
  const reader = new TailReader(
    log as unknown as EventLog,
    hub as unknown as Hub,
    pubsub as unknown as PubSub,
    new RealtimeOptions('here', 'http://localhost:8080'),
  );
  await reader.onApplicationBootstrap();
  const hears = (payload: string): void => {
    notice(payload);
  };
  return { asked, truth, hub, reader, hears };
}

describe('the reader of the log', () => {
  it('believes the number of a notice while nobody reads, and asks the database nothing', async () => {
    const { asked, hub, reader, hears } = await world();
    for (let sequence = 6; sequence <= 200; sequence += 1) hears(String(sequence));
    hears('150');
    expect(hub.head).toBe(200);
    expect(asked).toEqual({ head: 1, after: 0 });
    await reader.onApplicationShutdown();
  });

  it('reads what a notice tells of when somebody reads, and the number when a notice has none', async () => {
    const { asked, truth, reader, hears } = await world();
    hears('');
    await reader.look();
    expect(asked.head).toBeGreaterThan(1);
    truth.hasReaders = true;
    hears('6');
    await reader.look();
    expect(asked.after).toBeGreaterThan(0);
    await reader.onApplicationShutdown();
  });
});
