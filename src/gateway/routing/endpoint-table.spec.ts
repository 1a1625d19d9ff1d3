import { FakeClock } from '@app/testing';
import { EndpointUnknownError, RoutingUnavailableError } from '../domain/gateway.errors';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { EndpointSource, type NamedEndpoint } from './endpoint.source';
import { EndpointTable } from './endpoint-table';

const MINUTE_MS = 60_000;
const content = (...instances: string[]): EndpointContent => ({
  ...{ description: '', instances, tools: {}, prefix: 'auto' },
});

class FakeSource extends EndpointSource {
  readonly endpoints = new Map<string, EndpointContent>();
  isAway = false;
  asked = 0;

  override all(): Promise<readonly NamedEndpoint[]> {
    return this.answer([...this.endpoints].map(([name, one]) => ({ name, content: one })));
  }
  override byName(name: string): Promise<NamedEndpoint | undefined> {
    this.asked += 1;
    const found = this.endpoints.get(name);
    return this.answer(found === undefined ? undefined : { name, content: found });
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
    table = new EndpointTable(source, clock, 15 * MINUTE_MS);
    heard = [];
    table.onChange((name) => heard.push(name));
  });

  it('is closed before the first look', async () => {
    await expect(table.resolve('readers')).rejects.toBeInstanceOf(RoutingUnavailableError);
  });

  it('serves what it knows while the database is away, and then no longer', async () => {
    source.endpoints.set('readers', content('docs'));
    await table.loadAll();
    source.isAway = true;
    clock.advance(15 * MINUTE_MS);
    expect((await table.resolve('readers')).instances).toEqual(['docs']);
    await expect(table.resolve('others')).rejects.toBeInstanceOf(EndpointUnknownError);
    clock.advance(1);
    await expect(table.resolve('readers')).rejects.toBeInstanceOf(RoutingUnavailableError);
  });

  it('finds at once what was made after the last look, and asks nobody for what can be no name', async () => {
    await table.loadAll();
    source.endpoints.set('new', content('docs'));
    expect((await table.resolve('new')).instances).toEqual(['docs']);
    await expect(table.resolve('No Name')).rejects.toBeInstanceOf(EndpointUnknownError);
    expect(source.asked).toBe(1);
  });

  it('keeps the same object until something changed, and tells of changes and ends', async () => {
    source.endpoints.set('readers', content('docs'));
    await table.loadAll();
    const first = table.find('readers');
    source.endpoints.set('readers', content('docs'));
    await table.refresh('readers');
    expect(table.find('readers')).toBe(first);
    source.endpoints.set('readers', content('docs', 'files'));
    await table.refresh('readers');
    source.endpoints.clear();
    await table.loadAll();
    expect(table.find('readers')).toBeUndefined();
    expect(heard).toEqual(['readers', 'readers', 'readers']);
  });
});
