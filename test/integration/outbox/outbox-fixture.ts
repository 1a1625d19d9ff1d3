import { PROVISIONING_COMMANDS } from '@app/contracts';
import { type Database, Lead } from '@app/database';
import { type DomainEvent } from '@app/kernel';
import { type EventReaction, OutboxRelay, type OutboxRelayOptions } from '@app/outbox';
import { type QueueMessage } from '@app/queues';
import { createLogger } from '@app/telemetry';

export const happened = (aggregateId: string, n = 0): DomainEvent => ({
  name: 'thing.part.changed',
  aliases: ['ThingChanged'],
  aggregateType: 'things',
  aggregateId,
  data: { n },
  occurredAt: new Date('2026-01-02T03:04:05.678Z'),
});

export const look: EventReaction = {
  on: ['thing.part.changed'],
  react: ({ aggregateId, data }) => [
    { queue: PROVISIONING_COMMANDS, data: { id: aggregateId, n: data['n'] } },
  ],
};

/** Takes messages as a queue does; what it does with them is up to the test. */
export class RecordingQueues {
  readonly messages: QueueMessage[] = [];
  /** Called before a batch is taken; may refuse it, or never answer. */
  before: (messages: readonly QueueMessage[]) => Promise<void> = () => Promise.resolve();
  /** Called when it was taken; a failure is a lost answer. */
  after: () => Promise<void> = () => Promise.resolve();

  async add(messages: readonly QueueMessage[]): Promise<void> {
    await this.before(messages);
    this.messages.push(...messages);
    await this.after();
  }

  get jobIds(): (string | undefined)[] {
    return this.messages.map(({ jobId }) => jobId);
  }
}

export const deafPubSub: OutboxRelayOptions['pubsub'] = {
  publish: () => Promise.resolve(),
  subscribe: () => Promise.resolve(() => Promise.resolve()),
  onReconnect: () => undefined,
};

/** Relays under test; all end with the test. */
export class Relays {
  readonly #started: OutboxRelay[] = [];

  start(
    db: Database,
    options: Partial<OutboxRelayOptions> & Pick<OutboxRelayOptions, 'queues'>,
  ): OutboxRelay {
    const log = createLogger({ level: 'error', role: 'spec', destination: { write: () => undefined } });
    const relay = new OutboxRelay({
      db,
      lead: new Lead(db, { name: 'worker' }),
      pubsub: deafPubSub,
      reactions: [look],
      log,
      ...options,
    });
    relay.start();
    this.#started.push(relay);
    return relay;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((relay) => relay.stop()));
  }
}
