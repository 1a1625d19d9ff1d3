import { PROVISIONING_COMMANDS } from '@app/contracts';

import { newTraceparent, type Span, tracer } from '@app/telemetry';
import { type EventReaction } from './event-reaction';
import { hopOf, tellHop } from './hop';
import { type OutboxEntry } from './outbox-store';
import { Reactor } from './reactor';

const entry: OutboxEntry = {
  outboxId: '7',
  event: {
    id: 'e-7',
    sequence: 1,
    name: 'thing.made',
    aggregateType: 'things',
    aggregateId: 't',
    data: {},
    occurredAt: new Date(0),
    actor: 'key:a',
    correlationId: 'r-1',
    traceparent: 'tp',
  },
};
const reaction = (on: EventReaction['on'], ...numbers: number[]): EventReaction => ({
  on,
  react: () => numbers.map((n) => ({ queue: PROVISIONING_COMMANDS, data: { n } })),
});
const fail = (error: unknown): never => {
  throw error;
};

describe('Reactor', () => {
  it('gives each message of a row a job id of its own, the same each time', () => {
    const reactor = new Reactor(
      [reaction('*', 1, 2), reaction(['other'], 9), reaction(['thing.made'], 3)],
      fail,
    );
    const ids = () => reactor.messagesOf(entry).map(({ jobId, data }) => [jobId, data]);

    expect(ids()).toEqual([
      ['obx_7_0', { n: 1 }],
      ['obx_7_1', { n: 2 }],
      ['obx_7_2', { n: 3 }],
    ]);
    expect(ids()).toEqual(ids());
  });

  it('tells the message what caused it', () => {
    const [message] = new Reactor([reaction('*', 1)], fail).messagesOf(entry);
    expect(message?.origin).toEqual({ correlationId: 'r-1', causationId: 'e-7', traceparent: 'tp' });
  });

  it('tells it of the way through the outbox, where somebody keeps the spans of its trace', () => {
    const told: Span[] = [];
    tracer.open({ take: (span) => void told.push(span) });
    const event = { ...entry.event, traceparent: newTraceparent() };
    const hop = hopOf(event);
    const messages = new Reactor([reaction('*', 1)], fail).messagesOf({ ...entry, event }, hop);
    tellHop(event, hop, messages);
    tracer.close();
    expect(messages[0]?.origin?.traceparent).toBe(hop);
    expect(told).toMatchObject([
      { name: 'publish thing.made', kind: 'producer', traceparent: hop, parent: event.traceparent },
    ]);
    expect(hopOf(event)).toBe(event.traceparent);
  });

  it('goes on without a reaction that fails, and says so', () => {
    const broken: EventReaction = { on: '*', react: () => fail(new Error('bug')) };
    const reported: unknown[] = [];
    const reactor = new Reactor([broken, reaction('*', 1)], (error) => reported.push(error));

    expect(reactor.messagesOf(entry)).toHaveLength(1);
    expect(reported).toEqual([new Error('bug')]);
  });
});
