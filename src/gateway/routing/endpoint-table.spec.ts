import { DEFAULT_WORKSPACE_ID, newId, type Scope } from '@app/kernel';
import { FakeClock } from '@app/testing';
import { EndpointUnknownError, RoutingUnavailableError } from '../domain/gateway.errors';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { EndpointSource, type NamedEndpoint } from './endpoint.source';
import { EndpointTable } from './endpoint-table';

const MINUTE_MS = 60_000;
const HERE: Scope = { workspaceId: DEFAULT_WORKSPACE_ID };
const content = (...instances: string[]): EndpointContent => ({
  ...{ description: '', instances, tools: {}, prefix: 'auto' },
});

class FakeSource extends EndpointSource {
  readonly endpoints = new Map<string, EndpointContent>();
  isAway = false;
  asked = 0;

  override all(): Promise<readonly NamedEndpoint[]> {
    return this.answer([...this.endpoints].map(([name, one]) => ({ ...HERE, name, content: one })));
  }
  override byName(scope: Scope, name: string): Promise<NamedEndpoint | undefined> {
    this.asked += 1;
    const found = scope.workspaceId === HERE.workspaceId ? this.endpoints.get(name) : undefined;
    return this.answer(found === undefined ? undefined : { ...HERE, name, content: found });
  }
  private answer<T>(value: T): Promise<T> {
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(value);
  }
}

describe('the table of endpoints', () => {
  let source: FakeSource;
  let clock: FakeClock;
  let table: EndpointTable;
  let heard: string[];

  beforeEach(() => {
    source = new FakeSource();
    clock = new FakeClock();
    table = new EndpointTable(source, clock, { maxStalenessMs: 15 * MINUTE_MS });
    heard = [];
    table.onChange((_scope, name) => heard.push(name));
  });

  it('has nothing of another workspace', async () => {
    source.endpoints.set('readers', content('docs'));
    await table.loadAll();
    const elsewhere = { workspaceId: newId() };
    expect(table.find(elsewhere, 'readers')).toBeUndefined();
    await expect(table.resolve(elsewhere, 'readers')).rejects.toBeInstanceOf(EndpointUnknownError);
  });

  it('is closed before the first look', async () => {
    expect(table.isUsable).toBe(false);
    await expect(table.resolve(HERE, 'readers')).rejects.toBeInstanceOf(RoutingUnavailableError);
  });

  it('serves what it knows while the database is away, and then no longer', async () => {
    source.endpoints.set('readers', content('docs'));
    await table.loadAll();
    source.isAway = true;
    clock.advance(15 * MINUTE_MS);
    expect((await table.resolve(HERE, 'readers')).instances).toEqual(['docs']);
    await expect(table.resolve(HERE, 'others')).rejects.toBeInstanceOf(EndpointUnknownError);
    expect(table.isUsable).toBe(true);
    clock.advance(1);
    expect(table.isUsable).toBe(false);
    await expect(table.resolve(HERE, 'readers')).rejects.toBeInstanceOf(RoutingUnavailableError);
  });

  it('finds at once what was made after the last look, and asks nobody for what can be no name', async () => {
    await table.loadAll();
    source.endpoints.set('new', content('docs'));
    expect((await table.resolve(HERE, 'new')).instances).toEqual(['docs']);
    await expect(table.resolve(HERE, 'No Name')).rejects.toBeInstanceOf(EndpointUnknownError);
    expect(source.asked).toBe(1);
  });

  it('keeps the same object until something changed, and tells of changes and ends', async () => {
    source.endpoints.set('readers', content('docs'));
    await table.loadAll();
    const first = table.find(HERE, 'readers');
    source.endpoints.set('readers', content('docs'));
    await table.refresh(HERE, 'readers');
    expect(table.find(HERE, 'readers')).toBe(first);
    source.endpoints.set('readers', content('docs', 'files'));
    await table.refresh(HERE, 'readers');
    source.endpoints.clear();
    await table.loadAll();
    expect(table.find(HERE, 'readers')).toBeUndefined();
    expect(heard).toEqual(['readers', 'readers', 'readers']);
  });
});
