import { DEFAULT_WORKSPACE_ID, type JsonObject } from '@app/kernel';
import { type CallableRoute } from '../../../src/gateway/routing/route';
import { AggregatedWorld, call, degradedOf, namesOf, wordsOf } from './aggregate/aggregated-world';
import { FakeExchange } from './aggregate/exchange';
import { type MemberServer } from './aggregate/member-server';

jest.setTimeout(180_000);

describe('aggregated conversations', () => {
  let all: AggregatedWorld;
  let older: MemberServer;

  beforeAll(async () => {
    all = await AggregatedWorld.start();
    ({ older } = all);
  }, 180_000);
  afterEach(() => all.closeConversations());
  afterAll(() => (all as AggregatedWorld | undefined)?.stop());

  it('join all servers, each name behind the one of its server, in one order', async () => {
    const conversation = all.open();
    const result = await conversation.request('tools/list', {}, new FakeExchange());
    expect(namesOf(result)).toEqual([
      ...['new_er__ask', 'new_er__link', 'new_er__one', 'new_er__steps', 'new_er__three'],
      ...['older__ask', 'older__link', 'older__one', 'older__steps', 'older__two'],
    ]);
    expect(result).toMatchObject({ cacheScope: 'private', ttlMs: expect.any(Number) as number });
    expect(degradedOf(result)).toEqual([]);
  });

  it.each([
    ['new_er__one', 'newer:one', 'new_er'],
    ['older__one', 'older:one', 'older'],
  ])('lead %s to its server', async (name, words, serverName) => {
    const exchange = new FakeExchange();
    expect(wordsOf(await call(all.open({ kind: 'all' }), name, exchange))).toBe(words);
    expect(exchange.destinations).toEqual([expect.objectContaining({ serverName, target: 'one' })]);
  });

  it('refuse what is unknown, and what an endpoint leaves out, in the same words', async () => {
    const face = await all.endpoint('few', {
      instances: ['older'],
      tools: { allow: ['one'] },
      prefix: 'none',
    });
    const few = all.open(face);
    expect(namesOf(await few.request('tools/list', {}, new FakeExchange()))).toEqual(['one']);
    for (const name of ['two', 'nothing'])
      await expect(call(few, name)).rejects.toMatchObject({
        rpcCode: -32602,
        message: `Unknown tool: ${name}`,
      });
  });

  it('rename and describe tools as an endpoint says, and hide what two members claim', async () => {
    const overrides = { older__two: { name: 'zwei', title: 'Zwei', description: 'Two.' } };
    const face = await all.endpoint('both', {
      ...{ instances: ['older', 'new_er'], prefix: 'none', tools: { overrides, deny: ['link', 'ask'] } },
    });
    const both = all.open(face);
    const result = await both.request('tools/list', {}, new FakeExchange());
    expect(namesOf(result)).toEqual(['three', 'zwei']);
    expect((result['tools'] as JsonObject[])[1]).toMatchObject({ title: 'Zwei', description: 'Two.' });
    expect(wordsOf(await call(both, 'zwei'))).toBe('older:two');
    await expect(call(both, 'one')).rejects.toMatchObject({ rpcCode: -32602 });
    expect(new Set(degradedOf(result))).toEqual(new Set(['older', 'new_er']));
  });

  it('name resources by their server, in lists, links and contents, and find them again', async () => {
    const conversation = all.open();
    const listed = await conversation.request('resources/list', {}, new FakeExchange());
    expect(namesOf(listed, 'resources', 'uri')).toEqual(['mcp+new.er+note://one', 'mcp+older+note://one']);
    const link = await call(conversation, 'new_er__link');
    expect(link['content']).toEqual([expect.objectContaining({ uri: 'mcp+new.er+note://one' })]);
    const read = await conversation.request(
      'resources/read',
      { uri: 'mcp+new.er+newer://7/text' },
      new FakeExchange(),
    );
    expect(read['contents']).toEqual([{ uri: 'mcp+new.er+newer://7/text', text: 'newer://7/text of newer' }]);
    const templates = await conversation.request('resources/templates/list', {}, new FakeExchange());
    expect(namesOf(templates, 'resourceTemplates', 'uriTemplate')).toContain('mcp+older+older://{id}/text');
    await expect(
      conversation.request('resources/read', { uri: 'mcp+nobody+note://one' }, new FakeExchange()),
    ).rejects.toMatchObject({ rpcCode: -32602 });
  });

  it('find the member of an address without prefix by its templates', async () => {
    const both = all.open(await all.endpoint('plain', { instances: ['older', 'new_er'], prefix: 'none' }));
    const read = await both.request('resources/read', { uri: 'older://7/text' }, new FakeExchange());
    expect(read['contents']).toEqual([{ uri: 'older://7/text', text: 'older://7/text of older' }]);
    await expect(
      both.request('resources/read', { uri: 'note://one' }, new FakeExchange()),
    ).rejects.toMatchObject({ rpcCode: -32602 });
  });

  it('describe what all of them offer, with a line for each', async () => {
    const { capabilities, instructions, degraded } = await all.open({ kind: 'all' }).describe();
    expect(capabilities).toEqual({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      logging: {},
    });
    expect(instructions).toContain('- older older 1.0.0\nBe old.');
    expect(instructions).toContain('- new_er newer 1.0.0');
    expect(degraded).toEqual([]);
  });

  it('pass progress under the token of the client', async () => {
    for (const name of ['older__steps', 'new_er__steps']) {
      const exchange = new FakeExchange();
      const params = { name, arguments: {}, _meta: { progressToken: 'mine' } };
      await all.open({ kind: 'all' }).request('tools/call', params, exchange);
      expect(exchange.said.map(({ params: said }) => said?.['progressToken'])).toEqual(['mine']);
    }
  });

  it('ask the client for what a server of the older era asks, in a session of its own', async () => {
    const capabilities = { elicitation: { form: {} } };
    const before = older.clients.length;
    const asking = all.open({ kind: 'all' }, { capabilities });
    const exchange = new FakeExchange();
    expect(wordsOf(await call(asking, 'older__ask', exchange))).toContain('Ada');
    expect(exchange.asked).toEqual(['elicitation/create']);
    expect(older.clients.slice(before)).toEqual([expect.objectContaining({ elicitation: { form: {} } })]);
  });

  it('pass on what a server of the newer era wants to know, its state sealed for this caller', async () => {
    const about = { era: 'newer', capabilities: { elicitation: { form: {} } } } as const;
    const first = await call(all.open({ kind: 'all' }, about), 'new_er__ask');
    expect(first).toMatchObject({ resultType: 'input_required' });
    expect(first['requestState']).not.toContain('state of newer');
    const inputResponses = { who: { action: 'accept', content: { name: 'Ada' } } };
    const repeat = {
      name: 'new_er__ask',
      arguments: {},
      requestState: first['requestState'] ?? '',
      inputResponses,
    };
    const mallory = all.open({ kind: 'all' }, { ...about, id: 'mallory' });
    await expect(mallory.request('tools/call', repeat, new FakeExchange())).rejects.toMatchObject({
      rpcCode: -32602,
    });
    const second = await all.open({ kind: 'all' }, about).request('tools/call', repeat, new FakeExchange());
    expect(wordsOf(second)).toContain('state of newer');
    expect(wordsOf(second)).toContain('Ada');
  });

  it('never cross the answers of clients that share a session', async () => {
    const callers = Array.from({ length: 40 }, (_, index) => {
      const conversation = all.open({ kind: 'all' }, { id: `caller-${String(index)}` });
      const name = ['older__one', 'older__two', 'new_er__one', 'new_er__three'][index % 4] ?? '';
      return call(conversation, name).then((result) => [name, wordsOf(result)]);
    });
    for (const [name, words] of await Promise.all(callers))
      expect(words).toBe(String(name).replace('new_er', 'newer').replace('__', ':'));
    expect(older.clients.filter((one) => JSON.stringify(one) === '{}')).toHaveLength(1);
  });

  it('stand before one server alone without renaming anything', async () => {
    for (const [instance, words] of [
      ['older', 'older:one'],
      ['new_er', 'newer:one'],
    ] as const) {
      const route = (await all.table.resolve(
        { workspaceId: DEFAULT_WORKSPACE_ID },
        instance,
      )) as CallableRoute;
      const single = all.open({ kind: 'server', route });
      expect(wordsOf(await call(single, 'one'))).toBe(words);
      expect(namesOf(await single.request('tools/list', {}, new FakeExchange()))).toContain('one');
      expect((await single.describe()).capabilities).toMatchObject({ tools: {} });
      expect(await single.inputSchemaOf('one')).toMatchObject({ type: 'object' });
    }
  });
});
