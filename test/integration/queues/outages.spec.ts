import { QueueConsumer, QueueSet, QueueUnavailableError, type ConsumerOptions } from '@app/queues';
import { eventually } from '@app/testing';

import { newQueueName, onEachBackend } from './backends';
import { Line } from './line';

const GRACE_MS = 10_000;
/** The product waits longer; what is tested is that the looks happen, not how often. */
const CANARY = { everyMs: 300, deadlineMs: 4_000, retryMs: 200, lookMs: 500 };
const DEADLINE = { deadlineMs: 90_000 };

jest.setTimeout(180_000);

onEachBackend((fixture) => {
  let line: Line;
  let set: QueueSet;
  let consumers: QueueConsumer[];
  beforeEach(async () => {
    const { backend } = fixture();
    line = await Line.to(backend.url);
    set = new QueueSet(fixture().at(line.url));
    consumers = [];
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop(GRACE_MS)));
    await set.close();
    await line.cut();
  });

  const consume = (queue: string, handle: ConsumerOptions['handle'], url = line.url): QueueConsumer => {
    const options = { queue, concurrency: 2, handle, canary: CANARY };
    const consumer = new QueueConsumer(fixture().at(url), options);
    consumers.push(consumer);
    consumer.start();
    return consumer;
  };
  const healthy = (consumer: QueueConsumer) =>
    eventually(() => {
      expect(consumer.state()).toMatchObject({ healthy: true, running: true });
    }, DEADLINE);
  const unhealthy = (consumer: QueueConsumer) =>
    eventually(() => {
      expect(consumer.state().healthy).toBe(false);
    }, DEADLINE);
  const sendUntilTaken = (queue: ReturnType<typeof newQueueName>, data: object) =>
    eventually(() => set.add([{ queue, jobId: `job_${JSON.stringify(data).length}`, data }]), DEADLINE);

  it('works again by itself when the server comes back', async () => {
    const queue = newQueueName();
    const seen: unknown[] = [];
    const consumer = consume(queue, (data) => Promise.resolve(void seen.push(data)));
    await set.add([{ queue, data: { n: 1 } }]);
    await healthy(consumer);

    await line.cut();
    await unhealthy(consumer);
    await expect(set.add([{ queue, data: { n: 2 } }])).rejects.toBeInstanceOf(QueueUnavailableError);
    await expect(set.ping()).rejects.toBeInstanceOf(QueueUnavailableError);
    await line.mend();

    await sendUntilTaken(queue, { n: 3 });
    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }, { n: 3 }]);
    }, DEADLINE);
    await healthy(consumer);
  });

  it('may be started before the server', async () => {
    const queue = newQueueName();
    const seen: unknown[] = [];
    await line.cut();
    const consumer = consume(queue, (data) => Promise.resolve(void seen.push(data)));
    await expect(set.add([{ queue, data: { n: 1 } }])).rejects.toBeInstanceOf(QueueUnavailableError);
    await line.mend();

    await sendUntilTaken(queue, { n: 2 });
    await eventually(() => {
      expect(seen).toEqual([{ n: 2 }]);
    }, DEADLINE);
    await healthy(consumer);
  });

  it('goes on after everything in the queue was lost', async () => {
    const queue = newQueueName();
    const seen: unknown[] = [];
    const consumer = consume(queue, (data) => Promise.resolve(void seen.push(data)));
    await healthy(consumer);
    await fixture().empty();

    await set.add([{ queue, data: { n: 1 } }]);
    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }]);
    }, DEADLINE);
    await healthy(consumer);
  });

  it('replaces a worker whose connections have gone silent', async () => {
    const queue = newQueueName();
    const seen: unknown[] = [];
    const consumer = consume(queue, (data) => Promise.resolve(void seen.push(data)));
    await healthy(consumer);
    line.freeze();
    await unhealthy(consumer);

    await sendUntilTaken(queue, { n: 1 });
    await eventually(() => {
      expect(seen).toEqual([{ n: 1 }]);
    }, DEADLINE);
    await healthy(consumer);
  });

  it('gives the job of a worker that was killed to another one', async () => {
    const queue = newQueueName();
    const begun: string[] = [];
    // What a killed process leaves: a job in work, a lock that nobody renews, connections that ended.
    let letGo: () => void = () => undefined;
    consume(queue, async () => {
      begun.push('first');
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    await set.add([{ queue, jobId: 'job_a', data: {} }]);
    await eventually(() => {
      expect(begun).toEqual(['first']);
    }, DEADLINE);
    await line.cut();
    consume(queue, (_data, { jobId }) => Promise.resolve(void begun.push(jobId)), fixture().backend.url);

    await eventually(() => {
      expect(begun).toEqual(['first', 'job_a']);
    }, DEADLINE);
    letGo();
    await line.mend();
  });
});
