import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID, type Scope } from '@app/kernel';
import { FakeClock } from '@app/testing';
import { RoutingUnavailableError, ServerUnknownError } from '../domain/gateway.errors';
import { isCallable, type Route } from './route';
import { type RouteNews, RouteReader } from './route.reader';
import { RoutingTable } from './routing-table';

const MINUTE_MS = 60_000;
const HERE: Scope = { workspaceId: DEFAULT_WORKSPACE_ID };
const THERE: Scope = { workspaceId: randomUUID() };

const routeOf = (name: string, changes: Partial<Route> = {}): Route => ({
  ...HERE,
  ...{ instanceId: randomUUID(), name, spec: { type: 'stdio', command: 'echo' }, desiredState: 'running' },
  ...{ generation: 1, status: 'running', reason: 'It answers.', tools: 1, era: 'older', latencyMs: 1 },
  ...{
    upstream: { kind: 'bridge', urls: ['http://127.0.0.1:1/'] },
    lastCheckedAt: null,
    nextAttemptAt: null,
  },
  ...{ version: { row: 1, observedGeneration: 1, statusSequence: 1 } },
  ...changes,
});

class FakeReader extends RouteReader {
  routes: Route[] = [];
  isAway = false;
  asked = 0;

  override all(): Promise<readonly Route[]> {
    return this.answer(this.routes);
  }
  override byIds(ids: readonly string[]): Promise<readonly Route[]> {
    return this.answer(this.routes.filter(({ instanceId }) => ids.includes(instanceId)));
  }
  override byName({ workspaceId }: Scope, name: string): Promise<Route | undefined> {
    this.asked += 1;
    const found = this.routes.find((route) => route.name === name && route.workspaceId === workspaceId);
    return this.answer(found);
  }
  override changedWithin(): Promise<readonly RouteNews[]> {
    this.asked += 1;
    return this.answer(
      this.routes.map(({ instanceId, version }) => ({ instanceId, version, isDeleted: false })),
    );
  }
  private answer<T>(value: T): Promise<T> {
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(value);
  }
}

describe('the routing table', () => {
  let reader: FakeReader;
  let clock: FakeClock;
  let table: RoutingTable;

  beforeEach(() => {
    reader = new FakeReader();
    clock = new FakeClock();
    table = new RoutingTable(reader, clock, { maxStalenessMs: 15 * MINUTE_MS });
  });

  it('keeps workspaces apart, by name and by id', async () => {
    const [docs, other] = [routeOf('docs'), routeOf('docs', THERE)];
    reader.routes = [docs, other];
    await table.loadAll();
    expect([table.find(HERE, 'docs'), table.find(THERE, 'docs')]).toEqual([docs, other]);
    expect(table.find(HERE, other.instanceId)).toBeUndefined();
    await expect(table.resolve(HERE, other.instanceId)).rejects.toBeInstanceOf(ServerUnknownError);
    expect(table.all(THERE)).toEqual([other]);
    reader.routes = [other];
    await table.refresh([docs.instanceId]);
    expect([table.find(HERE, 'docs'), table.find(THERE, 'docs')]).toEqual([undefined, other]);
  });

  it('has in a list what was there before somebody asked, notice or not', async () => {
    await table.loadAll();
    const docs = routeOf('docs');
    reader.routes = [docs];
    await table.catchUp();
    expect(table.all(HERE)).toEqual([docs]);
    const moved = { ...docs, status: 'failed', version: { ...docs.version, statusSequence: 2 } } as const;
    reader.routes = [moved];
    await table.catchUp();
    expect(table.all(HERE)).toEqual([moved]);
  });

  it('lists what it has while nobody tells it news, and does not ask at each list', async () => {
    const docs = routeOf('docs');
    reader.routes = [docs];
    await table.loadAll();
    reader.isAway = true;
    await table.catchUp();
    await table.catchUp();
    expect(table.all(HERE)).toEqual([docs]);
    expect(reader.asked).toBe(1);
  });

  it('answers from memory, by name and by id', async () => {
    const docs = routeOf('docs');
    reader.routes = [docs];
    await table.loadAll();
    expect(await table.resolve(HERE, 'docs')).toBe(docs);
    expect(await table.resolve(HERE, docs.instanceId)).toBe(docs);
    expect(reader.asked).toBe(0);
  });

  it('is closed before the first look', async () => {
    await expect(table.resolve(HERE, 'docs')).rejects.toBeInstanceOf(RoutingUnavailableError);
  });

  it('finds at once what was made after the last look', async () => {
    await table.loadAll();
    reader.routes = [routeOf('new')];
    expect((await table.resolve(HERE, 'new')).name).toBe('new');
  });

  it('looks again when what it knows cannot be called', async () => {
    const starting = routeOf('docs', { status: 'starting', upstream: null });
    reader.routes = [starting];
    await table.loadAll();
    const version = { row: 1, observedGeneration: 1, statusSequence: 2 };
    reader.routes = [routeOf('docs', { instanceId: starting.instanceId, version })];
    expect(isCallable(await table.resolve(HERE, 'docs'))).toBe(true);
  });

  it('asks once for many callers of one name', async () => {
    await table.loadAll();
    const callers = Array.from({ length: 20 }, () =>
      table.resolve(HERE, 'nobody').catch((error: unknown) => error),
    );
    expect((await Promise.all(callers)).every((error) => error instanceof ServerUnknownError)).toBe(true);
    expect(reader.asked).toBe(1);
  });

  it('does not let guessed names become a load on the database', async () => {
    await table.loadAll();
    for (let guess = 0; guess < 500; guess += 1)
      await table.resolve(HERE, `guess-${guess}`).catch(() => undefined);
    expect(reader.asked).toBeLessThanOrEqual(50);
  });

  it('serves what it knows while the database is away, and then no longer', async () => {
    reader.routes = [routeOf('docs')];
    await table.loadAll();
    reader.isAway = true;
    clock.advance(15 * MINUTE_MS);
    expect((await table.resolve(HERE, 'docs')).name).toBe('docs');
    clock.advance(1);
    await expect(table.resolve(HERE, 'docs')).rejects.toBeInstanceOf(RoutingUnavailableError);
  });

  it('never lets an older answer replace a newer one', async () => {
    const now = routeOf('docs', { version: { row: 1, observedGeneration: 1, statusSequence: 5 } });
    reader.routes = [now];
    await table.loadAll();
    reader.routes = [
      { ...now, status: 'starting', version: { row: 1, observedGeneration: 1, statusSequence: 4 } },
    ];
    await table.refresh([now.instanceId]);
    expect(table.find(HERE, 'docs')?.status).toBe('running');
  });

  it('forgets what is gone, and gives its name to who has it now', async () => {
    const first = routeOf('docs');
    reader.routes = [first];
    await table.loadAll();
    const second = routeOf('docs');
    reader.routes = [second];
    await table.refresh([second.instanceId]);
    await table.refresh([first.instanceId]);
    expect(table.find(HERE, 'docs')).toBe(second);
    expect(table.size).toBe(1);
  });

  it('tells of changes and ends', async () => {
    const docs = routeOf('docs');
    const heard: [string, string | undefined][] = [];
    table.onChange((route, id) => heard.push([id, route?.status]));
    reader.routes = [docs];
    await table.loadAll();
    reader.routes = [];
    clock.advance(1);
    await table.loadAll();
    expect(heard).toEqual([
      [docs.instanceId, 'running'],
      [docs.instanceId, undefined],
    ]);
  });

  it('lists by name and counts by state', async () => {
    reader.routes = [routeOf('b'), routeOf('a', { status: 'failed' }), routeOf('c')];
    await table.loadAll();
    expect(table.all(HERE).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(table.counts()).toEqual({ running: 2, failed: 1 });
  });
});
