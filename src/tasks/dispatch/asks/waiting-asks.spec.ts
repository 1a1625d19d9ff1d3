import { WaitingAsks } from './waiting-asks';

const never = (): AbortSignal => new AbortController().signal;
const LONG_MS = 60_000;

describe('whoever waits for an answer', () => {
  it('is woken by its own id, and only then', async () => {
    const asks = new WaitingAsks();
    const first = asks.wait({ id: 'q1', agentId: 'a' }, LONG_MS, never());
    void asks.wait({ id: 'q2', agentId: 'a' }, LONG_MS, never());
    asks.wake('q1');
    await first;
    expect(asks.ids).toEqual(['q2']);
    asks.stored('q2');
    expect(asks.storedIds).toEqual(['q2']);
    asks.wakeAll();
    expect(asks.size).toBe(0);
  });

  it('waits no longer than it said', async () => {
    const asks = new WaitingAsks();
    await asks.wait({ id: 'q', agentId: 'a' }, 1, never());
    expect(asks.size).toBe(0);
  });

  it('ends when the caller is gone, also before it began', async () => {
    const asks = new WaitingAsks();
    const gone = new AbortController();
    const waiting = asks.wait({ id: 'q', agentId: 'a' }, LONG_MS, gone.signal);
    gone.abort();
    await waiting;
    await asks.wait({ id: 'q', agentId: 'a' }, LONG_MS, gone.signal);
    expect(asks.size).toBe(0);
  });

  it('answers the oldest question of an agent that asks without end', async () => {
    const asks = new WaitingAsks();
    const oldest = asks.wait({ id: 'q0', agentId: 'a' }, LONG_MS, never());
    for (let at = 1; at <= 20; at += 1)
      void asks.wait({ id: `q${String(at)}`, agentId: 'a' }, LONG_MS, never());
    await oldest;
    expect(asks.size).toBe(20);
    asks.wakeAll();
  });
});
