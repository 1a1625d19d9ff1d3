import { type RecordedEvent } from '@app/outbox';
import { carryWhatWasGiven, sayThatNobodyWantsIt } from './carry-what-was-given';

const TASK = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const event = (data: RecordedEvent['data']): RecordedEvent => ({
  ...{ id: 'e', sequence: 1, name: 'n', aggregateType: 'tasks', aggregateId: TASK },
  ...{ actor: 'system:dispatch', correlationId: 'r', occurredAt: new Date(0), data },
});
const queuesOf = (messages: readonly { readonly queue: string }[]): readonly string[] =>
  messages.map(({ queue }) => queue);

describe('what was given out', () => {
  it.each([
    [{ executor: 'gateway', push: false, lease_gen: 2 }, []],
    [{ executor: 'agent', push: true, lease_gen: 2 }, ['tasks.dispatch']],
    [{ executor: 'agent', push: false, lease_gen: 2 }, []],
  ])('is carried with %j by %j', (data, queues) => {
    const messages = carryWhatWasGiven.react(event(data));
    expect(queuesOf(messages)).toEqual(queues);
    for (const message of messages) expect(message.data).toEqual({ v: 1, task_id: TASK, lease_gen: 2 });
  });

  it('is called back where it was sent to an agent', () => {
    expect(queuesOf(sayThatNobodyWantsIt.react(event({ executor: 'agent' })))).toEqual(['tasks.dispatch']);
    expect(sayThatNobodyWantsIt.react(event({ executor: 'gateway' }))).toEqual([]);
  });
});
