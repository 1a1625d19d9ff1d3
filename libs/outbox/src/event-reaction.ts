import { type QueueMessage } from '@app/queues';

import { type RecordedEvent } from './recorded-event';

/** What an event sets in motion. Pure: the same event gives the same messages in the same order, after a crash too. */
export interface EventReaction {
  /** Names of events, or all of them. */
  readonly on: readonly string[] | '*';
  react(event: RecordedEvent): readonly QueueMessage[];
}
