import { DatabaseUnavailableError } from '@app/database';
import { requestContext, Scrubber, systemScope } from '@app/telemetry';
import { type AuditEntry, AuditStore } from './domain/audit-entry';
import { AuditTrail } from './audit-trail';

class MemoryStore extends AuditStore {
  readonly entries: AuditEntry[] = [];
  fault: Error | undefined;
  refuses: (entry: AuditEntry) => boolean = () => false;

  override append(entries: readonly AuditEntry[]): Promise<void> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    if (entries.some(this.refuses)) return Promise.reject(new Error('invalid input syntax'));
    this.entries.push(...entries);
    return Promise.resolve();
  }
}

const call = (id: string) =>
  ({ action: 'mcp.tool.called', resourceType: 'instances', resourceId: id, outcome: 'succeeded' }) as const;

describe('the audit trail', () => {
  let store: MemoryStore;
  let scrubber: Scrubber;
  let trail: AuditTrail;

  beforeEach(() => {
    store = new MemoryStore();
    scrubber = new Scrubber();
    trail = new AuditTrail(store, scrubber);
  });

  it('takes who and where from the request', async () => {
    const scope = { ...systemScope('sweep'), address: '10.0.0.1' };
    requestContext.run(scope, () => {
      trail.record(call('a'));
    });
    await trail.flush();
    expect(store.entries[0]).toMatchObject({
      ...{ actor: 'system:sweep', address: '10.0.0.1', requestId: scope.requestId, keyId: null },
      ...{ resourceId: 'a', outcome: 'succeeded' },
    });
  });

  it('holds no live secret', async () => {
    scrubber.learn('hunter2hunter2');
    trail.record({ ...call('a'), detail: { arguments: ['hunter2hunter2: string'] } });
    await trail.flush();
    expect(JSON.stringify(store.entries)).not.toContain('hunter2');
  });

  it('writes in batches and in order', async () => {
    for (let index = 0; index < 1_200; index += 1) trail.record(call(String(index)));
    await trail.flush();
    expect(store.entries.map(({ resourceId }) => resourceId)).toEqual(
      Array.from({ length: 1_200 }, (_, n) => String(n)),
    );
  });

  it('waits for a database that is away, and loses nothing that fits', async () => {
    store.fault = new DatabaseUnavailableError();
    trail.record(call('a'));
    await trail.flush();
    trail.record(call('b'));
    store.fault = undefined;
    await trail.flush();
    expect(store.entries.map(({ resourceId }) => resourceId)).toEqual(['a', 'b']);
  });

  it('keeps the newest 10,000 and says how many it let go', async () => {
    store.fault = new DatabaseUnavailableError();
    for (let index = 0; index < 12_000; index += 1) trail.record(call(String(index)));
    await trail.flush();
    store.fault = undefined;
    await trail.flush();
    await trail.flush();
    const calls = store.entries.filter(({ action }) => action === 'mcp.tool.called');
    const losses = store.entries.filter(({ action }) => action === 'audit.entries.dropped');
    expect(calls.at(-1)?.resourceId).toBe('11999');
    expect(calls.length + losses.reduce((sum, { detail }) => sum + Number(detail.count), 0)).toBe(12_000);
  });

  it('does not let one bad entry hold up the others', async () => {
    store.refuses = ({ resourceId }) => resourceId === 'bad';
    for (const id of ['a', 'bad', 'b']) trail.record(call(id));
    await trail.flush();
    expect(store.entries.map(({ resourceId }) => resourceId)).toEqual(['a', 'b']);
  });

  it('loses no good entry when the database goes away while it looks for a bad one', async () => {
    store.refuses = ({ resourceId }) => {
      if (resourceId === 'bad') store.fault = new DatabaseUnavailableError();
      return resourceId === 'bad';
    };
    for (const id of ['a', 'bad', 'b']) trail.record(call(id));
    await trail.flush();
    store.fault = undefined;
    store.refuses = () => false;
    await trail.flush();
    expect(store.entries.map(({ resourceId }) => resourceId)).toEqual(['a', 'bad', 'b']);
  });

  it('writes a few denials a second and the number of the others', async () => {
    const denial = { action: 'request.denied', resourceType: 'routes', resourceId: 'GET /x' };
    for (let attempt = 0; attempt < 1_000; attempt += 1) trail.denied(denial);
    await trail.flush();
    await trail.flush();
    const written = store.entries.filter(({ outcome }) => outcome === 'denied').length;
    const suppressed = store.entries.find(({ action }) => action === 'audit.denials.suppressed');
    expect(written).toBeLessThan(100);
    expect(written + Number(suppressed?.detail.count)).toBe(1_000);
  });
});
