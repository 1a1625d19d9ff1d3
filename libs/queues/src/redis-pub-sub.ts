import { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';

import { type Channel } from '@app/contracts';

import { within } from './deadlines';
import { FaultLog } from './fault-log';
import { Listeners } from './listeners';
import { PubSub, type Unsubscribe } from './pub-sub';
import { asQueueError, QueueTimeoutError } from './queue-errors';

const CONNECT_TIMEOUT_MS = 2_000;
const PUBLISH_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_DELAY_MS = 1_000;
const KEEP_ALIVE_DELAY_MS = 10_000;
/** Who only listens would not notice that the other side is gone without a word. */
const HEARTBEAT_MS = 10_000;

const CONNECTION: RedisOptions = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  keepAlive: KEEP_ALIVE_DELAY_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_DELAY_MS),
  // Done here at each `ready`, so that the listeners can be told of the hole when the subscriptions stand again.
  autoResubscribe: false,
};

export class RedisPubSub extends PubSub {
  readonly #logger = new Logger(RedisPubSub.name);
  readonly #faults = new FaultLog(this.#logger, 'pub/sub');
  readonly #listeners = new Listeners(this.#logger);
  readonly #reconnected = new Set<() => void>();
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(
    url: string,
    /** Channels know no databases: without it one installation would hear what happens in another on the same server. */
    private readonly installation: string,
  ) {
    super();
    this.#publisher = new Redis(url, CONNECTION);
    this.#subscriber = new Redis(url, CONNECTION);
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on('error', (error: Error) => {
        this.#faults.failed(error);
      });
    }
    this.#subscriber.on('ready', () => {
      void this.#resubscribe();
    });
    this.#subscriber.on('message', (name: string, payload: string) => {
      this.#listeners.tell(name.slice(this.#nameOf('').length), payload);
    });
    this.#heartbeat = setInterval(() => {
      void this.#tellServer(() => this.#subscriber.ping());
    }, HEARTBEAT_MS);
  }

  override async publish(channel: Channel, payload: string): Promise<void> {
    try {
      await within(
        PUBLISH_TIMEOUT_MS,
        `notice on ${channel}`,
        this.#publisher.publish(this.#nameOf(channel), payload),
      );
    } catch (error) {
      reviveIfSilent(this.#publisher, error);
      throw asQueueError(error);
    }
  }

  override async subscribe(channel: Channel, listener: (payload: string) => void): Promise<Unsubscribe> {
    const remove = this.#listeners.add(channel, listener);
    await this.#tellServer(() => this.#subscriber.subscribe(this.#nameOf(channel)));
    return async () => {
      if (remove().wasLast) await this.#tellServer(() => this.#subscriber.unsubscribe(this.#nameOf(channel)));
    };
  }

  override onReconnect(listener: () => void): void {
    this.#reconnected.add(listener);
  }

  override close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#reconnected.clear();
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
    return Promise.resolve();
  }

  #nameOf(channel: string): string {
    return `${this.installation}:${channel}`;
  }

  async #resubscribe(): Promise<void> {
    const { channels } = this.#listeners;
    const names = channels.map((channel) => this.#nameOf(channel));
    if (names.length > 0) await this.#tellServer(() => this.#subscriber.subscribe(...names));
    this.#faults.recovered();
    for (const listener of this.#reconnected) listener();
  }

  /** Without a connection there is nobody to tell: `ready` subscribes to all that is listened for. */
  async #tellServer(command: () => Promise<unknown>): Promise<void> {
    if (this.#subscriber.status !== 'ready') return;
    try {
      await within(PUBLISH_TIMEOUT_MS, 'subscription', command());
    } catch (error) {
      this.#faults.failed(error);
      reviveIfSilent(this.#subscriber, error);
    }
  }
}

/** A connection that does not answer is given up for a new one; other faults reconnect by themselves. */
function reviveIfSilent(client: Redis, error: unknown): void {
  if (error instanceof QueueTimeoutError) client.disconnect(true);
}
