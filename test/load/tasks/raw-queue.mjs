// The floor: what the same queue library does with nothing around it, on the same Redis.
import { Queue, Worker } from 'bullmq';

const WORKERS = 50;

/** Adds and processes `count` empty jobs, `addAtOnce` (or in bulks of that size) at a time; answers jobs a second. */
export async function rawQueueRate(redisUrl, { count, addAtOnce, bulk }) {
  const { hostname, port } = new URL(redisUrl);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const name = `raw-${Math.random().toString(36).slice(2)}`;
  const queue = new Queue(name, { connection });
  let done = 0;
  const worker = new Worker(name, () => Promise.resolve((done += 1)), { connection, concurrency: WORKERS });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  const drained = new Promise((resolve) => worker.on('completed', () => done >= count && resolve()));
  const options = { removeOnComplete: { count: 100 } };
  const startedAt = performance.now();
  if (bulk) {
    const jobs = Array.from({ length: addAtOnce }, () => ({ name: 'job', data: {}, opts: options }));
    for (let added = 0; added < count; added += addAtOnce) await queue.addBulk(jobs);
  } else {
    let left = count;
    const add = async () => {
      while (left-- > 0) await queue.add('job', {}, options);
    };
    await Promise.all(Array.from({ length: addAtOnce }, add));
  }
  await drained;
  const rate = (count / (performance.now() - startedAt)) * 1_000;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return rate;
}
