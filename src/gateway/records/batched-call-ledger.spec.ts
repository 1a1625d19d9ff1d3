import { DatabaseUnavailableError } from '@app/database';
import { Metrics, requestContext, Scrubber, systemScope } from '@app/telemetry';
import { BatchedCallLedger } from './batched-call-ledger';
import { CallMetrics } from './call-metrics';
import { type CallRecord } from './call-record';
import { type CallPage, CallStore, type StoredCall } from './call-store';

class MemoryPage implements CallPage {
  constructor(readonly calls: StoredCall[] = []) {}

  get count(): number {
    return this.calls.length;
  }

  add(call: StoredCall): void {
    this.calls.push(call);
  }

  halves(): MemoryPage[] {
    const half = Math.ceil(this.count / 2);
    if (this.count < 2) return [];
    return [new MemoryPage(this.calls.slice(0, half)), new MemoryPage(this.calls.slice(half))];
  }
}

class MemoryStore extends CallStore<MemoryPage> {
  readonly calls: StoredCall[] = [];
  readonly batches: number[][] = [];
  fault: Error | undefined;
  /** The database will not have a call of this. */
  refused: string | undefined;

  override newPage(): MemoryPage {
    return new MemoryPage();
  }

  override append(pages: readonly MemoryPage[]): Promise<void> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    const calls = pages.flatMap((page) => page.calls);
    if (calls.some(({ record }) => record.target === this.refused))
      return Promise.reject(new Error('value out of range'));
    this.batches.push(pages.map(({ count }) => count));
    this.calls.push(...calls);
    return Promise.resolve();
  }
}

const called: CallRecord = {
  ...{ face: 'all', method: 'tools/call', target: 'echo', outcome: 'ok', durationMs: 2 },
};

describe('the ledger of calls', () => {
  let store: MemoryStore;
  let metrics: Metrics;
  let scrubber: Scrubber;
  let ledger: BatchedCallLedger;
  const dropped = async (): Promise<number> =>
    Number(/^quayside_call_records_dropped_total (\d+)$/m.exec(await metrics.scrape())?.[1]);

  beforeEach(() => {
    store = new MemoryStore();
    metrics = new Metrics();
    scrubber = new Scrubber();
    ledger = new BatchedCallLedger(store, scrubber, new CallMetrics(metrics), metrics);
  });

  it('keeps who called, from the scope that runs or the one that is given', async () => {
    const scope = { ...systemScope('sweep'), address: '10.0.0.1' };
    requestContext.run(scope, () => {
      ledger.record(called);
    });
    ledger.record(called, systemScope('given'));
    await ledger.flush();
    const about = {
      actor: 'system:sweep',
      address: '10.0.0.1',
      traceId: scope.traceId,
      requestId: scope.requestId,
    };
    expect(store.calls).toMatchObject([{ ...about, record: called }, { actor: 'system:given' }]);
  });

  it('keeps what uses something, and everything that was denied', async () => {
    for (const method of ['tools/list', 'ping', 'resources/read', 'prompts/get'])
      ledger.record({ ...called, method });
    ledger.record({ ...called, method: 'tools/list', outcome: 'denied' });
    await ledger.flush();
    expect(store.calls.map(({ record }) => record.method)).toEqual([
      'resources/read',
      'prompts/get',
      'tools/list',
    ]);
  });

  it('writes many calls in few batches', async () => {
    for (let call = 0; call < 1_200; call += 1) ledger.record(called);
    await ledger.flush();
    expect(store.batches).toEqual([[1_000, 200]]);
  });

  it('waits for a database that is away, in bounds, and counts what found no room', async () => {
    store.fault = new DatabaseUnavailableError();
    for (let call = 0; call < 75_500; call += 1) ledger.record({ ...called, durationMs: call });
    await ledger.flush();
    store.fault = undefined;
    await ledger.flush();
    expect(store.calls).toHaveLength(63_500);
    expect(store.calls.at(-1)?.record.durationMs).toBe(75_499);
    expect(await dropped()).toBe(12_000);
  });

  it('loses only the one that the database will not have', async () => {
    store.refused = 'odd';
    for (let call = 0; call < 50; call += 1)
      ledger.record({ ...called, target: call === 33 ? 'odd' : 'echo' });
    await ledger.flush();
    expect(store.calls).toHaveLength(49);
    expect(store.calls.every(({ record }) => record.target === 'echo')).toBe(true);
  });

  it('holds no live secret and no endless text', async () => {
    scrubber.learn('hunter2hunter2');
    ledger.record({
      ...called,
      method: 'resources/read',
      target: `db://u:hunter2hunter2@host/${'x'.repeat(9_999)}`,
    });
    await ledger.flush();
    const target = store.calls[0]?.record.target ?? '';
    expect(target).not.toContain('hunter2');
    expect(target.length).toBeLessThan(1_100);
  });
});
