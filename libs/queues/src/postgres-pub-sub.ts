import { Logger } from '@nestjs/common';

import { type PgNotifications } from '@app/database';

import { type Channel } from '@app/contracts';

import { PubSub, type Unsubscribe } from './pub-sub';

/** NOTIFY takes less than 8,000 bytes; ids are far below. */
const MAX_PAYLOAD_BYTES = 7_000;

/** LISTEN and NOTIFY over the connection that it is given; it starts and stops it. */
export class PostgresPubSub extends PubSub {
  readonly #logger = new Logger(PostgresPubSub.name);

  constructor(private readonly notifications: PgNotifications) {
    super();
    // Does not fail: tries go on until a connection stands.
    void notifications.start();
  }

  override async publish(channel: Channel, payload: string): Promise<void> {
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
      throw new RangeError(`notice on ${channel} is too long`);
    await this.notifications.notify(channel, payload);
  }

  override subscribe(channel: Channel, listener: (payload: string) => void): Promise<Unsubscribe> {
    const stop = this.notifications.listen(channel, (payload) => {
      try {
        listener(payload);
      } catch (error) {
        this.#logger.error({ err: error, msg: `a listener of ${channel} failed` });
      }
    });
    return Promise.resolve(() => {
      stop();
      return Promise.resolve();
    });
  }

  override onReconnect(listener: () => void): void {
    this.notifications.onReconnect(listener);
  }

  override async close(): Promise<void> {
    await this.notifications.stop();
  }
}
