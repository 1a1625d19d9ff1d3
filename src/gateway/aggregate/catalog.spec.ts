import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { FakeClock } from '@app/testing';
import { type McpClient } from '../terminal/conversation';
import { Catalog } from './catalog';
import { FacePlan } from './face-plan';
import { type Face } from './faces';
import { type MemberAnswer, type MemberList, type MemberReader } from './member-reader';
import { Party } from './party';

const MINUTE_MS = 60_000;
const client: McpClient = {
  principal: {
    id: 'ada',
    kind: 'key',
    name: 'ada',
    role: 'admin',
    permissions: 'all',
    workspaceId: DEFAULT_WORKSPACE_ID,
  },
  ...{ era: 'older', protocolVersion: '2025-11-25', capabilities: {}, info: {} },
};
const party = new Party(client, 'own 1');
const planOf = (...instances: string[]): FacePlan =>
  FacePlan.ofEndpoint({ description: '', instances, prefix: 'always', tools: {} });
const offer = (serverName: string, ...tools: string[]): MemberAnswer<MemberList> => ({
  serverName,
  value: {
    items: tools.map((name) => ({ name, inputSchema: {} })),
    ...{ ttlMs: MINUTE_MS, isPublic: true },
  },
});

describe('the catalog of a face', () => {
  let clock: FakeClock;
  let plan: FacePlan;
  let answers: Map<string, MemberAnswer<MemberList>>;
  let looks: number;
  let wait: Promise<void>;
  let catalog: Catalog;

  beforeEach(() => {
    clock = new FakeClock();
    plan = planOf('a', 'b');
    answers = new Map([
      ['a', offer('a', 'one')],
      ['b', offer('b', 'two')],
    ]);
    looks = 0;
    wait = Promise.resolve();
    const face: Face = {
      ...{ key: 'k', endpointName: 'k', isSameForAll: true, description: () => '' },
      plan: () => plan,
      members: () => plan.members,
      scope: client.principal,
    };
    const reader = {
      lists: async (members: readonly string[]) => {
        looks += 1;
        await wait;
        return members.map(
          (name) => answers.get(name) ?? { serverName: name, value: undefined, failure: 'gone' },
        );
      },
      degraded: (_scope: unknown, { serverName, failure = '' }: MemberAnswer<unknown>) => ({
        ...{ serverName, reason: failure, since: null, nextAttemptAt: null },
      }),
    };
    catalog = new Catalog(face, reader as unknown as MemberReader, clock);
  });

  const find = async (name: string): Promise<string | undefined> =>
    (await catalog.find('tools', name, party))?.original;
  const shown = async (): Promise<string[]> =>
    (await catalog.list('tools', party)).list.entries.map(({ advertised }) => advertised);

  it('is looked at once for many calls', async () => {
    expect(await Promise.all([find('a__one'), find('b__two'), find('a__one')])).toEqual([
      'one',
      'two',
      'one',
    ]);
    expect(await find('a__one')).toBe('one');
    expect(looks).toBe(1);
  });

  it('is looked at again for a name that is missing, but not at each call', async () => {
    await find('a__one');
    answers.set('a', offer('a', 'one', 'new'));
    expect(await find('a__new')).toBeUndefined();
    clock.advance(1_000);
    expect(await find('a__new')).toBe('new');
  });

  it('shows what a silent member offered before, and says that it is silent', async () => {
    await shown();
    answers.delete('b');
    catalog.invalidate(['tools']);
    const { degraded, ttlMs, cacheScope } = await catalog.list('tools', party);
    expect(degraded.map(({ serverName }) => serverName)).toEqual(['b']);
    expect([ttlMs, cacheScope]).toEqual([5_000, 'private']);
    expect(await shown()).toEqual(['a__one', 'b__two']);
  });

  it('shows nothing of a member that was stopped on purpose', async () => {
    await shown();
    answers.set('b', { serverName: 'b', value: undefined, failure: 'It is stopped.', isGone: true });
    catalog.invalidate(['tools']);
    expect(await shown()).toEqual(['a__one']);
  });

  it('says how long it may be believed', async () => {
    expect(await catalog.list('tools', party)).toMatchObject({ ttlMs: MINUTE_MS, cacheScope: 'public' });
    clock.advance(10_000);
    expect(await catalog.list('tools', party)).toMatchObject({ ttlMs: MINUTE_MS - 10_000 });
    expect(looks).toBe(1);
    clock.advance(MINUTE_MS);
    await shown();
    expect(looks).toBe(2);
  });

  it('follows a new plan at once, without waiting for a member that hangs', async () => {
    await shown();
    plan = planOf('b', 'c');
    wait = new Promise(() => undefined);
    expect(await find('b__two')).toBe('two');
  });

  it('decides nothing by a plan that changed during the look', async () => {
    let go: () => void = () => undefined;
    wait = new Promise((resolve) => (go = resolve));
    const found = find('a__one');
    await new Promise(setImmediate);
    plan = planOf('b');
    go();
    expect(await found).toBeUndefined();
  });
});
