import { CHANNELS } from '@app/contracts';
import { EventAppender, type OutboxRelay } from '@app/outbox';
import { QueueUnavailableError } from '@app/queues';
import { eventually, testDatabase, type TestDatabase } from '@app/testing';

import { MIGRATIONS } from '../../../src/migrations';
import { deafPubSub, happened, look, RecordingQueues, Relays } from './outbox-fixture';

const FIRST_ID = 995;

jest.setTimeout(120_000);

describe('OutboxRelay', () => {
  let database: TestDatabase;
  let appender: EventAppender;
  let queues: RecordingQueues;
  const relays = new Relays();
  beforeAll(async () => {
    database = await testDatabase({ migrations: MIGRATIONS, poolSize: 20 });
    appender = new EventAppender(database.db);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    queues = new RecordingQueues();
    await database.db.execute('TRUNCATE outbox, audit, domain_event');
    await database.db.execute(`ALTER SEQUENCE outbox_id_seq RESTART WITH ${FIRST_ID}`);
    await database.db.execute(`ALTER SEQUENCE domain_event_sequence RESTART`);
  });
  afterEach(() => relays.stop());

  const start = (rest: Partial<Parameters<Relays['start']>[1]> = {}): OutboxRelay =>
    relays.start(database.db, { queues, ...rest });
  const isEmpty = (relay: OutboxRelay) =>
    eventually(async () => {
      expect(await relay.pendingCount()).toBe(0);
    });
  const log = () =>
    database.db.query<{ sequence: string; aggregate_id: string; n: number }>(
      `SELECT sequence, aggregate_id, (data->>'n')::int AS n FROM domain_event ORDER BY sequence`,
    );

  it('sends what the reactions say, in order, under the ids of the rows, and empties the outbox', async () => {
    await appender.append(Array.from({ length: 10 }, (_, n) => happened('t-1', n)));
    const relay = start();
    await isEmpty(relay);

    // Ten rows from 995: as texts, 1000 would come before 995.
    expect(queues.jobIds).toEqual(Array.from({ length: 10 }, (_, n) => `obx_${FIRST_ID + n}_0`));
    expect(queues.messages.map(({ data }) => data)).toEqual(
      Array.from({ length: 10 }, (_, n) => ({ id: 't-1', n })),
    );
    expect(relay.state()).toMatchObject({ running: true, healthy: true });
  });

  it('numbers without holes in the order of commits, whatever runs at the same time', async () => {
    const relay = start();
    const second = start();
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      for (let n = 0; n < 10; n += 1) {
        // Two aggregates in one transaction, and the numbers of the writers interleave.
        await database.db.transaction(async () => {
          await appender.append([happened(`a-${writer}`, n), happened(`b-${writer}`, n)]);
        });
        relay.nudge();
        second.nudge();
      }
    });
    const reading = readUntil(400);
    await Promise.all(writers);
    // Who polls for "after the last one I saw" misses none.
    expect(await reading).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
    await isEmpty(relay);

    const events = await log();
    for (const id of ['a-0', 'b-0', 'a-19', 'b-19']) {
      expect(events.filter((event) => event.aggregate_id === id).map(({ n }) => n)).toEqual([
        ...Array(10).keys(),
      ]);
    }
    expect(new Set(queues.jobIds).size).toBe(400);
  });

  it('does not number an event while an older transaction may still bring one', async () => {
    const relay = start();
    let commitOlder: () => void = () => undefined;
    let hasAppended: () => void = () => undefined;
    const appended = new Promise<void>((resolve) => (hasAppended = resolve));
    const older = database.db.transaction(async () => {
      await appender.append([happened('older')]);
      hasAppended();
      await new Promise<void>((resolve) => (commitOlder = resolve));
    });
    await appended;
    await appender.append([happened('newer')]);
    // A look has seen the row that waits.
    await eventually(() => {
      expect(relay.state().lagMs).toBeGreaterThan(0);
    });
    expect(queues.messages).toEqual([]);

    commitOlder();
    await older;
    await isEmpty(relay);
    expect((await log()).map(({ aggregate_id }) => aggregate_id)).toEqual(['older', 'newer']);
  });

  it('sends the same job ids again when it died between sending and deleting', async () => {
    let killed: () => void = () => undefined;
    queues.after = () =>
      new Promise(
        (_resolve, reject) =>
          (killed = () => {
            reject(new Error('killed'));
          }),
      );
    await appender.append([happened('t-1', 1), happened('t-1', 2)]);
    start();
    await eventually(() => {
      expect(queues.messages).toHaveLength(2);
    });
    const successorQueues = new RecordingQueues();
    await isEmpty(start({ queues: successorQueues }));

    expect(successorQueues.jobIds).toEqual([`obx_${FIRST_ID}_0`, `obx_${FIRST_ID + 1}_0`]);
    expect(successorQueues.jobIds).toEqual(queues.jobIds);
    expect((await log()).map(({ sequence }) => sequence)).toEqual(['1', '2']);
    queues.after = () => Promise.resolve();
    killed();
  });

  it('keeps everything while the queue is away, goes on numbering, and says so', async () => {
    queues.before = () => Promise.reject(new QueueUnavailableError(new Error('gone')));
    const relay = start();
    await appender.append([happened('t-1', 1)]);
    await eventually(() => {
      expect(relay.state()).toMatchObject({
        healthy: false,
        lastError: expect.stringContaining('queue') as string,
      });
    });
    await appender.append([happened('t-1', 2)]);
    await eventually(async () => {
      expect((await log()).map(({ sequence }) => sequence)).toEqual(['1', '2']);
    });
    expect(await relay.pendingCount()).toBe(2);

    queues.before = () => Promise.resolve();
    await isEmpty(relay);
    expect(queues.jobIds).toEqual([`obx_${FIRST_ID}_0`, `obx_${FIRST_ID + 1}_0`]);
    await eventually(() => {
      expect(relay.state().healthy).toBe(true);
    });
  });

  it('does not let one message that is refused hold up the others', async () => {
    const isBad = (n: unknown) => n === 2;
    queues.before = (messages) =>
      messages.some(({ data }) => isBad((data as { n: number }).n))
        ? Promise.reject(new RangeError('too long'))
        : Promise.resolve();
    const relay = start();
    await appender.append([1, 2, 3].map((n) => happened('t-1', n)));
    await eventually(() => {
      expect(queues.messages.map(({ data }) => data)).toEqual([
        { id: 't-1', n: 1 },
        { id: 't-1', n: 3 },
      ]);
    });
    await eventually(() => {
      expect(relay.state()).toMatchObject({ healthy: false, lastError: 'too long' });
    });
    expect(await relay.pendingCount()).toBe(1);
  });

  it('is woken by a notice, and tells the head of the log', async () => {
    const told: [string, string][] = [];
    let wake: (payload: string) => void = () => undefined;
    const pubsub: typeof deafPubSub = {
      ...deafPubSub,
      publish: (channel, payload) => Promise.resolve(void told.push([channel, payload])),
      subscribe: (channel, listener) => {
        if (channel === CHANNELS.outbox) wake = listener;
        return Promise.resolve(() => Promise.resolve());
      },
    };
    const relay = start({ pubsub, reactions: [look] });
    await appender.append([happened('t-1', 1), happened('t-1', 2)]);
    wake('');
    await isEmpty(relay);

    expect(told.at(-1)).toEqual([CHANNELS.events, '2']);
  });

  it('does not use a number again after the log was emptied', async () => {
    const relay = start();
    await appender.append([happened('t-1', 1), happened('t-1', 2)]);
    await isEmpty(relay);
    await database.db.execute('TRUNCATE outbox, audit, domain_event');
    await appender.append([happened('t-1', 3)]);
    await isEmpty(relay);

    expect((await log()).map(({ sequence }) => sequence)).toEqual(['3']);
  });

  async function readUntil(count: number): Promise<number[]> {
    const seen: number[] = [];
    await eventually(
      async () => {
        const news = await database.db.query<{ sequence: string }>(
          'SELECT sequence FROM domain_event WHERE sequence > $1 ORDER BY sequence',
          [seen.at(-1) ?? 0],
        );
        seen.push(...news.map(({ sequence }) => Number(sequence)));
        expect(seen.length).toBeGreaterThanOrEqual(count);
      },
      { deadlineMs: 90_000, everyMs: 5 },
    );
    return seen;
  }
});
