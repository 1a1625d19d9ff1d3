import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@app/testing';
import {
  AggregatedWorld,
  allTools,
  call,
  degradedOf,
  http,
  namesOf,
  wordsOf,
} from './aggregate/aggregated-world';
import { FakeExchange } from './aggregate/exchange';
import { type MemberServer } from './aggregate/member-server';

jest.setTimeout(240_000);

const PATIENT = { deadlineMs: 90_000 };
const TOOLS_ONLY = { toolsListChanged: true, promptsListChanged: false, resourcesListChanged: false };

describe('aggregated conversations while members change', () => {
  let all: AggregatedWorld;
  let older: MemberServer;
  let newer: MemberServer;

  beforeAll(async () => {
    all = await AggregatedWorld.start();
    ({ older, newer } = all);
  }, 180_000);
  afterEach(() => all.closeConversations());
  afterAll(() => (all as AggregatedWorld | undefined)?.stop());

  it('cut long lists into pages that only this caller can turn', async () => {
    const tools = Array.from({ length: 600 }, (_, index) => `tool-${String(index).padStart(3, '0')}`);
    const many = await all.server('many', { era: 'older', tools });
    await all.instance('many', many);
    const face = await all.endpoint('many-tools', { instances: ['many'] });
    const first = await all.open(face).request('tools/list', {}, new FakeExchange());
    const cursor = first['nextCursor'] ?? '';
    const foreign = all.open(face, { id: 'mallory' }).request('tools/list', { cursor }, new FakeExchange());
    await expect(foreign).rejects.toMatchObject({ rpcCode: -32602 });
    expect(await allTools(all.open(face))).toEqual(tools);
    expect(many.count('tools/list')).toBe(1);
  });

  it('name a dead member, hide nothing of the others, and take it back when it returns', async () => {
    const flaky = await all.server('flaky', { era: 'newer', tools: ['late'] });
    await flaky.stop();
    await all.instance('flaky', flaky);
    const some = all.open(await all.endpoint('with-flaky', { instances: ['older', 'flaky'] }));
    const about = await some.describe();
    expect(about.degraded.map(({ serverName }) => serverName)).toEqual(['flaky']);
    expect(about.instructions).toContain('Degraded: flaky');
    const listed = await some.request('tools/list', {}, new FakeExchange());
    expect(degradedOf(listed)).toEqual(['flaky']);
    expect(namesOf(listed)).toContain('older__one');
    await expect(call(some, 'flaky__late')).rejects.toMatchObject({ rpcCode: -32602 });
    await flaky.listen();
    await eventually(async () => {
      expect(wordsOf(await call(some, 'flaky__late'))).toBe('flaky:late');
    }, PATIENT);
  });

  it('go on without a member that is silent, and show what it offered before', async () => {
    // A list that may not be kept is asked for each time, so the silence is noticed at once.
    const mute = await all.server('mute', { era: 'newer', tools: ['said'], ttlMs: 0 });
    await all.instance('mute', mute);
    const some = all.open(await all.endpoint('with-mute', { instances: ['older', 'mute'] }));
    await eventually(async () => {
      expect(namesOf(await some.request('tools/list', {}, new FakeExchange()))).toContain('mute__said');
    }, PATIENT);
    mute.isSilent = true;
    const listed = await some.request('tools/list', {}, new FakeExchange());
    expect(degradedOf(listed)).toEqual(['mute']);
    expect(namesOf(listed)).toEqual(expect.arrayContaining(['mute__said', 'older__one']));
    expect(wordsOf(await call(some, 'older__one'))).toBe('older:one');
  });

  it('begin anew with a server that lost its sessions', async () => {
    const forgetful = await all.server('forgetful', { era: 'older', tools: ['one'] });
    await all.instance('forgetful', forgetful);
    const some = all.open(await all.endpoint('forgetful', { instances: ['forgetful'] }));
    expect(wordsOf(await call(some, 'one'))).toBe('forgetful:one');
    await forgetful.stop();
    await forgetful.listen();
    await eventually(async () => {
      expect(wordsOf(await call(some, 'one'))).toBe('forgetful:one');
    }, PATIENT);
    expect(forgetful.count('initialize')).toBeGreaterThan(1);
  });

  it.each([
    ['older', 'older'],
    ['new_er', 'newer'],
  ])('tell of changed lists and resources of %s', async (instance, name) => {
    const server = name === 'older' ? older : newer;
    const conversation = all.open();
    const heard: string[] = [];
    const uri = `mcp+${instance.replace('_', '.')}+note://one`;
    const interest = { ...TOOLS_ONLY, resourceUris: [uri] };
    const subscription = await conversation.subscribe(interest, ({ method, params }) => {
      heard.push(params === undefined ? method : `${method} ${JSON.stringify(params['uri'])}`);
    });
    expect(subscription.granted).toEqual(interest);
    await eventually(async () => {
      await server.updateNote();
      expect(heard).toContain(`notifications/resources/updated "${uri}"`);
    }, PATIENT);
    let count = 0;
    await eventually(async () => {
      count += 1;
      server.addTool(`extra-${String(count)}`);
      await pause(100);
      expect(heard).toContain('notifications/tools/list_changed');
    }, PATIENT);
    await eventually(async () => {
      expect(await allTools(conversation)).toContain(`${instance}__extra-1`);
    }, PATIENT);
    subscription.stop();
    await subscription.ended;
  });

  it('follow a changed endpoint at once, and tell of it', async () => {
    const changing = all.open(await all.endpoint('changing', { instances: ['older'], prefix: 'always' }));
    const heard: string[] = [];
    await changing.subscribe({ ...TOOLS_ONLY, resourceUris: [] }, ({ method }) => heard.push(method));
    expect(wordsOf(await call(changing, 'older__one'))).toBe('older:one');
    const path = '/api/v1/mcp/endpoints/changing';
    const { headers } = await all.world.get(path);
    await all.world.request('PATCH', path, { instances: ['new_er'] }, { 'if-match': headers['etag'] });
    await eventually(async () => {
      expect(wordsOf(await call(changing, 'new_er__one'))).toBe('newer:one');
    }, PATIENT);
    await expect(call(changing, 'older__one')).rejects.toMatchObject({ rpcCode: -32602 });
    await eventually(() => {
      expect(heard).toContain('notifications/tools/list_changed');
    }, PATIENT);
  });

  it('end with an endpoint that was deleted', async () => {
    const doomed = all.open(await all.endpoint('doomed', { instances: ['older'] }));
    const { ended } = await doomed.subscribe({ ...TOOLS_ONLY, resourceUris: [] }, () => undefined);
    const path = '/api/v1/mcp/endpoints/doomed';
    const { headers } = await all.world.get(path);
    await all.world.request('DELETE', path, undefined, { 'if-match': headers['etag'] });
    await ended;
    await expect(call(doomed, 'one')).rejects.toMatchObject({ code: 'endpoint_unknown' });
  });

  it('follow an instance that moved, without touching the others', async () => {
    const [first, second] = await Promise.all([
      all.server('first', { era: 'older', tools: ['one'] }),
      all.server('second', { era: 'newer', tools: ['one', 'two'] }),
    ]);
    const id = await all.instance('moving', first);
    const conversation = all.open();
    expect(wordsOf(await call(conversation, 'moving__one'))).toBe('first:one');
    const before = older.clients.length;
    await all.world.report(id, 'running', http(second.url));
    await eventually(async () => {
      expect(wordsOf(await call(conversation, 'moving__two'))).toBe('second:two');
    }, PATIENT);
    expect(wordsOf(await call(conversation, 'older__one'))).toBe('older:one');
    expect(older.clients).toHaveLength(before);
  });
});
