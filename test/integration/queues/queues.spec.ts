import { requestContext, systemScope } from '@app/telemetry';
import { eventually } from '@app/testing';
import {
  QueueConsumer,
  QueueSet,
  scheduleEvery,
  UnrecoverableError,
  type ConsumerOptions,
  type QueueMessage,
} from '@app/queues';

import { newQueueName, onEachBackend } from './backends';

const GRACE_MS = 10_000;

onEachBackend((fixture) => {
  let set: QueueSet;
  let ends: (() => Promise<void> | void)[];
  beforeEach(() => {
    set = new QueueSet(fixture().backend);
    ends = [];
  });
  afterEach(async () => {
    for (const end of ends) await end();
    await set.close();
  });

  const consume = (queue: string, handle: ConsumerOptions['handle'], concurrency = 1): QueueConsumer => {
    const consumer = new QueueConsumer(fixture().backend, { queue, concurrency, handle });
    ends.push(() => consumer.stop(GRACE_MS));
    consumer.start();
    return consumer;
  };
  const collect = (queue: string): unknown[] => {
    const seen: unknown[] = [];
    consume(queue, (data) => Promise.resolve(void seen.push(data)));
    return seen;
  };

  it('brings each message to the consumer, in the order of sending', async () => {
    const queue = newQueueName();
    const seen = collect(queue);
    await set.add([1, 2, 3].map((n) => ({ queue, data: { n } })));
    await set.add([{ queue, data: { n: 4 } }]);

    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    });
  });

  it('takes a job id once, while it waits and after it was done', async () => {
    const queue = newQueueName();
    const message: QueueMessage = { queue, jobId: 'obx_7_0', data: { n: 1 } };
    await set.add([message, message]);
    await set.add([message]);
    const seen = collect(queue);
    await eventually(() => {
      expect(seen).toHaveLength(1);
    });
    await set.add([message, { queue, data: { last: true } }]);

    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }, { last: true }]);
    });
  });

  it('drops a message of a deduplication id while its time runs', async () => {
    const queue = newQueueName();
    const look = (n: number): QueueMessage => ({
      queue,
      data: { n },
      dedupe: { id: 'look', ttlMs: 600_000 },
    });
    await set.add([look(1)]);
    await set.add([look(2), { queue, data: { last: true } }]);

    const seen = collect(queue);
    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }, { last: true }]);
    });
  });

  it('prefers the higher priority and counts what waits', async () => {
    const queue = newQueueName();
    await set.add([
      { queue, data: { n: 'low' }, priority: 100 },
      { queue, data: { n: 'high' }, priority: 1 },
      { queue, data: { n: 'later' }, delayMs: 600_000 },
    ]);
    expect(await set.counts(queue)).toEqual({
      waiting: 2,
      active: 0,
      delayed: 1,
      failed: 0,
      completed: 0,
      paused: 0,
    });

    const seen = collect(queue);
    await eventually(() => {
      expect(seen).toEqual([{ n: 'high' }, { n: 'low' }]);
    });
  });

  it('tries a failing job again, each time later, and keeps it for people when it gives up', async () => {
    const queue = newQueueName();
    const triesMs: number[] = [];
    consume(queue, (_data, { attempt }) => {
      triesMs.push(performance.now());
      expect(attempt).toBe(triesMs.length);
      return Promise.reject(new Error('no luck'));
    });
    await set.add([{ queue, data: {}, attempts: 3 }]);

    await eventually(async () => {
      expect((await set.counts(queue)).failed).toBe(1);
    });
    expect(triesMs).toHaveLength(3);
    // Half of the shortest pauses of 250 and 500 ms: what is random may shorten them so far, and never more.
    expect(triesMs[1]! - triesMs[0]!).toBeGreaterThan(100);
    expect(triesMs[2]! - triesMs[1]!).toBeGreaterThan(200);
    expect(await fixture().failedReasons(queue)).toEqual(['no luck']);
  });

  it('does not repeat what cannot succeed', async () => {
    const queue = newQueueName();
    let tries = 0;
    consume(queue, () => {
      tries += 1;
      return Promise.reject(new UnrecoverableError('no such thing'));
    });
    await set.add([{ queue, data: {} }]);

    await eventually(async () => {
      expect(await fixture().failedReasons(queue)).toEqual(['no such thing']);
    });
    expect(tries).toBe(1);
  });

  it('gives the handler the ids of the request that caused the message', async () => {
    const queue = newQueueName();
    const request = systemScope('http');
    const scopes: unknown[] = [];
    consume(queue, () => Promise.resolve(void scopes.push(requestContext.get())));
    await requestContext.run(request, () => set.add([{ queue, data: {} }]));

    await eventually(() => {
      expect(scopes).toEqual([
        expect.objectContaining({ requestId: request.requestId, traceId: request.traceId }),
      ]);
    });
  });

  it('waits for the job in work when it stops, and takes no other', async () => {
    const queue = newQueueName();
    const log: string[] = [];
    let finish: () => void = () => undefined;
    const consumer = consume(queue, async () => {
      log.push('begun');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      log.push('done');
    });
    await set.add([1, 2].map((n) => ({ queue, data: { n } })));
    await eventually(() => {
      expect(log).toEqual(['begun']);
    });
    const stopped = consumer.stop(60_000).then(() => log.push('stopped'));
    setImmediate(finish);
    await stopped;

    expect(log).toEqual(['begun', 'done', 'stopped']);
    const seen = collect(queue);
    await eventually(() => {
      expect(seen).toEqual([{ n: 2 }]);
    });
  });

  it('gives nothing while it is paused, says so, and goes on where it was', async () => {
    const queue = newQueueName();
    const seen = collect(queue);
    await set.add([{ queue, data: { n: 1 } }]);
    await eventually(() => {
      expect(seen).toHaveLength(1);
    });
    await set.setPaused(queue, true);
    await set.setPaused(queue, true);
    const canary = 'canary_of-a-consumer';
    await set.add([
      { queue, jobId: canary, data: { quayside_canary: canary } },
      { queue, data: { n: 2 } },
    ]);
    await eventually(async () => {
      expect(await set.look(queue)).toMatchObject({
        ...{ isPaused: true, workers: 1, donePerMinute: 0.2 },
        oldestMs: expect.any(Number) as number,
        runMs: expect.any(Number) as number,
      });
    });
    // A consumer that begins now has nothing wrong with it.
    const late = consume(queue, (data) => Promise.resolve(void seen.push(data)));
    await eventually(() => {
      expect(late.state()).toMatchObject({ healthy: true, restarts: 0 });
    });
    expect([seen.length, (await set.counts(queue)).paused]).toEqual([1, 1]);
    await set.setPaused(queue, false);
    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
    });
    expect(await set.look(queue)).toMatchObject({ isPaused: false, oldestMs: null });
  });

  it('is healthy when a canary has come back', async () => {
    const queue = newQueueName();
    const consumer = consume(queue, () => Promise.resolve());
    expect(consumer.state()).toMatchObject({ healthy: false, restarts: 0 });

    await eventually(() => {
      expect(consumer.state()).toMatchObject({
        healthy: true,
        running: true,
        lastCanaryAt: expect.any(Date) as Date,
      });
    });
  });

  it('sends once per period, however many processes have the schedule', async () => {
    const queue = newQueueName();
    const schedule = { queue, id: queue, everyMs: 300_000, data: { task: 'sweep' } };
    ends.push(scheduleEvery(set, schedule), scheduleEvery(set, schedule));
    await eventually(async () => {
      expect((await set.counts(queue)).waiting).toBe(1);
    });
    await set.add([{ queue, data: { last: true } }]);

    const seen = collect(queue);
    await eventually(() => {
      expect(seen).toEqual([{ task: 'sweep' }, { last: true }]);
    });
  });

  it('says what it is and that it is there', async () => {
    await expect(set.ping()).resolves.toBeUndefined();
    expect(await set.describe()).toMatch(/^(PostgreSQL|Redis \d+\.\d+\.\d+)$/);
    expect(await set.warnings()).toEqual([]);
  });
});
