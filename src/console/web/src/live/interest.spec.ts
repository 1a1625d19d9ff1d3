import { type Frame, type Topic } from './frames';
import { Interest } from './interest';

const LINGER_MS = 1_000;

function begin() {
  const wanted: (readonly Topic[])[] = [];
  const told = { unread: 0 };
  const interest = new Interest({
    onChange: (topics) => wanted.push(topics),
    onUnread: () => (told.unread += 1),
    lingerMs: LINGER_MS,
  });
  return { interest, wanted, told };
}

const settled = () => jest.advanceTimersByTimeAsync(0);

describe('who reads which topic', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is said once for all readers that come together', async () => {
    const { interest, wanted } = begin();
    for (const topic of ['tasks', 'agents', 'tasks'] as const) interest.add(topic, () => undefined);
    await settled();
    expect(wanted).toEqual([['agents', 'tasks']]);
  });

  it('hands each reader what is of its topic', () => {
    const { interest } = begin();
    const read: (readonly Frame[])[] = [];
    interest.add('tasks', (frames) => read.push(frames));
    const [mine, other]: Frame[] = [{ type: 'task_update' }, { type: 'agent_update' }];
    interest.hand([mine, other] as Frame[]);
    interest.hand([other] as Frame[]);
    expect(read).toEqual([[mine]]);
  });

  it('hears a topic that was left for a while, so that nobody comes back to something old', async () => {
    const { interest, wanted, told } = begin();
    const leave = interest.add('tasks', () => undefined);
    await settled();
    leave();
    leave();
    interest.hand([{ type: 'task_update' }]);
    interest.hand([{ type: 'agent_update' }]);
    expect(told.unread).toBe(1);
    const leaveAgain = interest.add('tasks', () => undefined);
    interest.hand([{ type: 'task_update' }]);
    leaveAgain();
    await jest.advanceTimersByTimeAsync(LINGER_MS);
    interest.hand([{ type: 'task_update' }]);
    expect(told.unread).toBe(1);
    expect(wanted.at(-1)).toEqual([]);
  });
});
