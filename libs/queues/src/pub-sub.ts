import { type Channel } from '@app/contracts';

export type Unsubscribe = () => Promise<void>;

/**
 * Notices between processes: numbers and ids, at most once. A lost notice costs latency, so every listener polls as well
 * and reads again after `onReconnect`.
 */
export abstract class PubSub {
  /** Fails with `QueueUnavailableError` or `DatabaseUnavailableError` while the server is away. */
  abstract publish(channel: Channel, payload: string): Promise<void>;
  /** Listens from now on, over every loss of the connection; does not wait for the server. */
  abstract subscribe(channel: Channel, listener: (payload: string) => void): Promise<Unsubscribe>;
  /** Notices may have been missed before this is called. */
  abstract onReconnect(listener: () => void): void;
  abstract close(): Promise<void>;
}
