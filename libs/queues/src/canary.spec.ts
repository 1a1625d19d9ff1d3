import { Canary } from './canary';
import { canaryOf } from './canary-mark';
import { QueueUnavailableError } from './queue-errors';
import { type QueueMessage } from './queue-message';

const DEADLINE_MS = 20;
const never = new AbortController().signal;

function flight(onAdd: (message: QueueMessage, canary: Canary) => void) {
  const sent: QueueMessage[] = [];
  const queues = {
    add: (messages: readonly QueueMessage[]): Promise<void> => {
      for (const message of messages) {
        sent.push(message);
        onAdd(message, canary);
      }
      return Promise.resolve();
    },
  };
  const canary: Canary = new Canary(queues, 'some.queue', DEADLINE_MS);
  return { canary, sent };
}

describe('Canary', () => {
  it('passes when it comes back, and is another one next time', async () => {
    const { canary, sent } = flight((message, self) => {
      self.arrived(canaryOf(message.data)!);
    });

    expect(await canary.fly(never)).toBe('passed');
    expect(await canary.fly(never)).toBe('passed');
    expect(new Set(sent.map(({ jobId }) => jobId)).size).toBe(2);
  });

  it('keeps its id until it comes back, so that the queue holds one at most', async () => {
    const { canary, sent } = flight(() => undefined);

    expect(await canary.fly(never)).toBe('silent');
    expect(await canary.fly(never)).toBe('silent');
    expect(new Set(sent.map(({ jobId }) => jobId)).size).toBe(1);
  });

  it('is not taken in by the canary of another process', async () => {
    const { canary } = flight((_message, self) => {
      self.arrived('canary_of-somebody-else');
    });
    expect(await canary.fly(never)).toBe('silent');
  });

  it('does not blame the worker while the server is away', async () => {
    const { canary } = flight(() => {
      throw new QueueUnavailableError(new Error('gone'));
    });
    expect(await canary.fly(never)).toBe('unreachable');
  });
});
