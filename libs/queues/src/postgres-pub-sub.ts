import { type PgNotifications } from '@app/database';

import { type Channel } from '@app/contracts';

import { PubSub, type Unsubscribe } from './pub-sub';

/** NOTIFY takes less than 8,000 bytes; ids are far below. */
const MAX_PAYLOAD_BYTES = 7_000;

/** LISTEN and NOTIFY over the connection that it is given, which whoever made it starts and stops. */
export class PostgresPubSub extends PubSub {
  constructor(private readonly notifications: PgNotifications) {
    super();
  }

  override async publish(channel: Channel, payload: string): Promise<void> {
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES)
      throw new RangeError(`notice on ${channel} is too long`);
    await this.notifications.notify(channel, payload);
  }

  override subscribe(channel: Channel, listener: (payload: string) => void): Promise<Unsubscribe> {
    const stop = this.notifications.listen(channel, listener);
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
