import { Logger } from '@nestjs/common';
import { Queue, type IQueueBackend, type JobType } from 'bullmq';
import { Client } from 'pg';

import { within } from './deadlines';
import { FaultLog } from './fault-log';
import { backendSettings, type QueueBackend } from './queue-backend';
import { asQueueError, QueueTimeoutError } from './queue-errors';
import { assertMessage, jobOptions, type QueueMessage } from './queue-message';
import { heldCanaries, lookAt, type QueueLook } from './queue-look';
import { describeRedis, type RedisFacts } from './redis-facts';

/** Longer than any add takes; before the first connection a producer would wait for ever. */
const SEND_TIMEOUT_MS = 2_000;
const READ_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** One entry is one round trip; the outbox sends no more at a time either. */
const MAX_BULK = 500;
/** On PostgreSQL a bulk of any size makes and drops two temporary tables: 7 ms, which a few single ones undercut by far. */
const MAX_ONE_BY_ONE = 4;

/** `paused` must be asked for by name, or PostgreSQL leaves it out; the type of the library does not know it. */
const COUNTED = [
  'waiting',
  'prioritized',
  'active',
  'delayed',
  'failed',
  'completed',
  'paused' as JobType,
] as const;

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly completed: number;
  readonly paused: number;
}

type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;

/** The sending side of all queues of one backend. Connects when first used, and again after any loss. */
export class QueueSet {
  readonly backend: QueueBackend;
  readonly #queues = new Map<string, AnyQueue>();
  readonly #logger = new Logger('QueueSet');
  readonly #faults = new FaultLog(this.#logger, 'sending to the queue');
  #closed = false;

  constructor(backend: QueueBackend, options: { readonly prefix?: string } = {}) {
    this.backend =
      backend.kind === 'redis' && options.prefix !== undefined
        ? { ...backend, prefix: options.prefix }
        : backend;
  }

  /** All or an error; after an error some may have been taken, and the same job ids make sending again harmless. */
  async add(messages: readonly QueueMessage[]): Promise<void> {
    for (const message of messages) assertMessage(message);
    for (const [name, group] of groupByQueue(messages)) {
      for (let at = 0; at < group.length; at += MAX_BULK) {
        await this.#send(name, group.slice(at, at + MAX_BULK));
      }
    }
  }

  async counts(name: string): Promise<QueueCounts> {
    const [counts, isPaused] = await this.#use(name, READ_TIMEOUT_MS, (queue) =>
      Promise.all([queue.getJobCounts(...COUNTED), queue.isPaused()]),
    );
    const count = (state: string): number => counts[state] ?? 0;
    // Waiting with a priority is waiting. Of a paused queue PostgreSQL says `paused` and Redis says `waiting`.
    const waiting = count('waiting') + count('prioritized') + count('paused');
    const canaries = isPaused && waiting > 0 ? await this.#use(name, READ_TIMEOUT_MS, heldCanaries) : 0;
    return {
      waiting: isPaused ? 0 : waiting,
      active: count('active'),
      delayed: count('delayed'),
      failed: count('failed'),
      completed: count('completed'),
      paused: isPaused ? Math.max(0, waiting - canaries) : 0,
    };
  }

  look(name: string): Promise<QueueLook> {
    return this.#use(name, READ_TIMEOUT_MS, (queue) => lookAt(queue, Date.now()));
  }

  isPaused(name: string): Promise<boolean> {
    return this.#use(name, READ_TIMEOUT_MS, (queue) => queue.isPaused());
  }

  /** For everybody and until it is taken back: what is sent waits, what is in work is ended. Said twice it changes nothing. */
  async setPaused(name: string, isPaused: boolean): Promise<void> {
    await this.#use(name, SEND_TIMEOUT_MS, (queue) => (isPaused ? queue.pause() : queue.resume()));
  }

  /** For people: "PostgreSQL", "Redis 7.0.15". */
  async describe(): Promise<string> {
    return this.backend.kind === 'postgres' ? 'PostgreSQL' : (await this.#redisFacts()).title;
  }

  /** What the operator should change, one sentence each. */
  async warnings(): Promise<readonly string[]> {
    return this.backend.kind === 'postgres' ? [] : (await this.#redisFacts()).warnings;
  }

  async ping(): Promise<void> {
    if (this.backend.kind === 'redis') await this.#redisFacts();
    else await pingPostgres(this.backend.url);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const queues = [...this.#queues.values()];
    this.#queues.clear();
    await Promise.all(queues.map((queue) => this.#discard(queue)));
  }

  async #send(name: string, messages: readonly QueueMessage[]): Promise<void> {
    const jobs = messages.map((message) => ({ name, data: message.data, opts: jobOptions(message) }));
    if (this.backend.kind === 'redis' || jobs.length > MAX_ONE_BY_ONE) {
      await this.#use(name, SEND_TIMEOUT_MS, (queue) => queue.addBulk(jobs));
      return;
    }
    // One after the other, so that they keep their order.
    for (const { data, opts } of jobs)
      await this.#use(name, SEND_TIMEOUT_MS, (queue) => queue.add(name, data, opts));
  }

  async #use<T>(name: string, timeoutMs: number, work: (queue: AnyQueue) => Promise<T>): Promise<T> {
    const queue = this.#queue(name);
    try {
      const result = await within(timeoutMs, `queue ${name}`, work(queue));
      this.#faults.recovered();
      return result;
    } catch (error) {
      // The connection may be dead without a word; the next use gets a new one instead of the same silence.
      if (error instanceof QueueTimeoutError) this.#drop(name, queue);
      throw asQueueError(error);
    }
  }

  #queue(name: string): AnyQueue {
    if (this.#closed) throw new Error('the queue set is closed');
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const { factory, prefix } = backendSettings(this.backend, 'producer');
    const queue: AnyQueue = new Queue(name, { connection: {}, prefix }, factory);
    queue.on('error', (error) => {
      this.#faults.failed(error);
    });
    // A first connection that failed stays failed inside the object: the next use makes a new one.
    queue.waitUntilReady().catch((error: unknown) => {
      this.#faults.failed(error);
      this.#drop(name, queue);
    });
    this.#queues.set(name, queue);
    return queue;
  }

  #drop(name: string, queue: AnyQueue): void {
    if (this.#queues.get(name) !== queue) return;
    this.#queues.delete(name);
    void this.#discard(queue);
  }

  async #discard(queue: AnyQueue): Promise<void> {
    try {
      await within(CLOSE_TIMEOUT_MS, 'closing a queue', queue.close());
    } catch (error) {
      this.#logger.debug(`closing ${queue.name}: ${String(error)}`);
      // A farewell without an answer: the connection is cut, or it would try to reconnect for ever.
      await within(CLOSE_TIMEOUT_MS, 'cutting a queue', queue.disconnect()).catch(() => undefined);
    }
  }

  async #redisFacts(): Promise<RedisFacts> {
    try {
      return await describeRedis(this.backend.url);
    } catch (error) {
      throw asQueueError(error);
    }
  }
}

function groupByQueue(messages: readonly QueueMessage[]): ReadonlyMap<string, readonly QueueMessage[]> {
  const groups = new Map<string, QueueMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.queue);
    if (group === undefined) groups.set(message.queue, [message]);
    else group.push(message);
  }
  return groups;
}

async function pingPostgres(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: SEND_TIMEOUT_MS,
    query_timeout: SEND_TIMEOUT_MS,
  });
  // A connection that dies between two statements reports it here and nowhere else.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    throw asQueueError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
