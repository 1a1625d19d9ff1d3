import { CHANNELS, ENGINE_PATTERNS } from '@app/contracts';
import { QueueConsumer, QueueSet, RedisPubSub, UnrecoverableError } from '@app/queues';
import { RedisRates } from '@app/resilience';
import { describeWithRedis, eventually } from '@app/testing';
import { Redis } from 'ioredis';
import { firstValueFrom, timeout } from 'rxjs';
import { RequestReply } from '../../../src/app/request-reply';
import { type SpacedRedisServer } from '../../../src/app/request-reply-redis';
import { Settings } from '../../../src/app/settings';
import { newQueueName } from './backends';

const SPACE = 'quayside-0a1b';
const MINUTE_MS = 60_000;
/** A busy machine must not look like a Redis that is away. */
const PATIENT_MS = 60_000;
const GRACE_MS = 10_000;

describeWithRedis(
  'in a node of a Redis Cluster',
  (redis) => {
    let node: Redis;
    const ends: (() => Promise<unknown> | undefined)[] = [];
    beforeEach(() => {
      node = new Redis(redis().url);
      ends.push(() => node.quit());
    });
    // After each, while the server still runs: whoever says farewell to one that is gone waits for it.
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    it('commands with keys of different slots are refused, so what follows proves something', async () => {
      await expect(node.mset('a', '1', 'b', '2')).rejects.toThrow(/CROSSSLOT/);
    });

    it('queues work: in bulk, late, once, by priority, again after a failure, and given up', async () => {
      const backend = { kind: 'redis' as const, url: redis().url, prefix: SPACE };
      const set = new QueueSet(backend);
      ends.push(() => set.close());
      const queue = newQueueName();
      await set.add([
        ...[1, 2, 3].map((n) => ({ queue, data: { n }, priority: n })),
        { queue, data: { n: 4 }, delayMs: 50 },
        { queue, data: { n: 5 }, jobId: 'obx_5_0', dedupe: { id: 'look', ttlMs: 60_000 } },
        { queue, data: { n: 6 } },
        { queue, data: { n: 7 } },
      ]);
      expect((await set.counts(queue)).waiting).toBeGreaterThan(0);

      const seen = new Set<unknown>();
      const tries = new Map<number, number>();
      const consumer = new QueueConsumer(backend, {
        queue,
        concurrency: 2,
        handle: (data) => {
          const { n } = data as { n: number };
          tries.set(n, (tries.get(n) ?? 0) + 1);
          if (n === 7) throw new UnrecoverableError('never');
          if (n === 6 && tries.get(n) === 1) throw new Error('not yet');
          seen.add(n);
          return Promise.resolve();
        },
      });
      ends.push(() => consumer.stop(GRACE_MS));
      consumer.start();
      await eventually(() => {
        expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6]);
        expect(tries.get(7)).toBe(1);
      });
    });

    it('limits count by several counters at once', async () => {
      const rates = new RedisRates(redis().url, SPACE, PATIENT_MS);
      ends.push(() => {
        rates.close();
        return undefined;
      });
      await eventually(() => {
        expect(rates.isConnected).toBe(true);
      });
      const entries = ['key', 'address'].map((key) => ({ key, limit: 3, windowMs: MINUTE_MS }));
      expect(await rates.take(entries, 5)).toMatchObject({ granted: 3, remaining: 0 });
      await rates.giveBack(entries, 1);
      expect(await rates.take(entries, 5)).toMatchObject({ granted: 1 });
      expect(await rates.greet('this process')).toBe(1);
    });

    it('notices reach their own installation, and no other one on the same server', async () => {
      const [sender, own, other] = [SPACE, SPACE, 'quayside-ffff'].map(
        (space) => new RedisPubSub(redis().url, space),
      );
      for (const each of [sender, own, other]) ends.push(() => each?.close());
      const heard: string[] = [];
      await own?.subscribe(CHANNELS.events, (payload) => heard.push(`own ${payload}`));
      await other?.subscribe(CHANNELS.events, (payload) => heard.push(`other ${payload}`));
      await eventually(async () => {
        await sender?.publish(CHANNELS.events, '7');
        expect(heard).toContain('own 7');
      });
      await eventually(async () => {
        await other?.publish(CHANNELS.events, '8');
        expect(heard).toContain('other 8');
      });
      expect(heard).not.toContain('other 7');
      expect(heard).not.toContain('own 8');
    });

    it('questions are answered by the provisioner of their own installation, however long Redis was away', async () => {
      const settings = Object.assign(new Settings(), { REDIS_URL: redis().url });
      const asked: string[] = [];
      for (const name of ['own', 'other']) {
        const { strategy } = new RequestReply(settings, 0, name).serverOptions() as {
          strategy: SpacedRedisServer;
        };
        strategy.addHandler(ENGINE_PATTERNS.health, () => {
          asked.push(name);
          return Promise.resolve({ name });
        });
        await new Promise<void>((resolve, reject) => {
          void strategy.listen((error) => {
            if (error === undefined) resolve();
            else reject(new Error('it does not listen', { cause: error }));
          });
        });
        ends.push(() => strategy.close());
        expect(strategy.createRetryStrategy(10_000)).toBeLessThanOrEqual(1_000);
      }
      const client = new RequestReply(settings, 0, 'own').client();
      ends.push(() => Promise.resolve<unknown>(client.close()));
      await eventually(async () => {
        const answer = client.send<object>(ENGINE_PATTERNS.health, {}).pipe(timeout(2_000));
        expect(await firstValueFrom(answer)).toEqual({ name: 'own' });
      });
      expect(asked).not.toContain('other');
    });

    it('every key that was written lies in the same slot', async () => {
      const keys = await node.keys('*');
      expect(keys.length).toBeGreaterThan(5);
      const slots = await Promise.all(keys.map((key) => node.cluster('KEYSLOT', key)));
      expect(new Set(slots).size).toBe(1);
      expect(keys.filter((key) => !key.startsWith(`{${SPACE}}:`))).toEqual([]);
    });
  },
  { isCluster: true },
);
