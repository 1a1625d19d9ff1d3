import { type JsonObject } from '@app/kernel';
import { advertisedName } from './advertised-names';
import { FacePlan } from './face-plan';
import { joinLists } from './joined-list';
import { qualifyUri, renameUris, splitUri } from './resource-uris';

const tool = (name: string): JsonObject => ({ name, inputSchema: { type: 'object' } });
const plan = (
  prefix: 'auto' | 'always' | 'none',
  instances: readonly string[] = ['a', 'b'],
  tools: object = {},
): FacePlan => FacePlan.ofEndpoint({ description: '', instances, prefix, tools });
const joined = (of: FacePlan, a: readonly string[], b: readonly string[] = []) =>
  joinLists('tools', of, [
    { instance: 'b', items: b.map(tool) },
    { instance: 'a', items: a.map(tool) },
  ]);
const names = ({ entries }: ReturnType<typeof joinLists>): string[] =>
  entries.map(({ advertised }) => advertised);

describe('advertised names', () => {
  it('hold the instance where the plan wants it', () => {
    expect(advertisedName('docs', 'search', true)).toBe('docs__search');
    expect(advertisedName('docs', 'search', false)).toBe('search');
  });

  it('are cut to what clients take, and stay apart', () => {
    const long = 'x'.repeat(80);
    const cut = advertisedName('docs', `${long}1`, true);
    expect(cut).toMatch(/^docs__x{51}_[0-9a-f]{6}$/);
    expect(cut).toHaveLength(64);
    expect(advertisedName('docs', `${long}2`, true)).not.toBe(cut);
    expect(advertisedName('docs', `${long}1`, true)).toBe(cut);
    expect(advertisedName('docs', 'y'.repeat(58), true)).toHaveLength(64);
  });

  it.each([
    ['auto', ['a'], false],
    ['auto', ['a', 'b'], true],
    ['always', ['a'], true],
    ['none', ['a', 'b'], false],
  ] as const)('of prefix %s with %j have one: %s', (prefix, instances, isPrefixed) => {
    expect(plan(prefix, instances).isPrefixed).toBe(isPrefixed);
  });

  it('stand in one order: by instance, then by the name there', () => {
    expect(names(joined(plan('always'), ['z', 'B', 'a'], ['c']))).toEqual(['a__B', 'a__a', 'a__z', 'b__c']);
  });

  it('are nobody’s where two claim them', () => {
    const list = joined(plan('none'), ['same', 'mine'], ['same', 'yours']);
    expect(names(list)).toEqual(['mine', 'yours']);
    expect([...list.ambiguous]).toEqual([['same', ['a', 'b']]]);
    expect(list.byName.has('same')).toBe(false);
  });

  it('follow allow and deny, by either name, and overrides', () => {
    const overrides = { a__read: { name: 'lies', title: 'Lies', description: 'Reads.' } };
    const of = plan('always', ['a', 'b'], { allow: ['read*', 'b__*'], deny: ['*_all'], overrides });
    const list = joined(of, ['read', 'read_all', 'write'], ['write']);
    expect(names(list)).toEqual(['lies', 'b__write']);
    expect(list.byName.get('lies')).toMatchObject({
      instance: 'a',
      original: 'read',
      shown: { name: 'lies', title: 'Lies', description: 'Reads.' },
    });
  });

  it('collide with an override as with any other', () => {
    const of = plan('none', ['a', 'b'], { overrides: { a__read: { name: 'write' } } });
    expect(names(joined(of, ['read'], ['write']))).toEqual([]);
  });
});

describe('addresses of resources', () => {
  it.each([
    ['docs', 'file:///a b?x=1#y'],
    ['my_server-2', 'note://{id}+more'],
  ])('of %s are found again', (instance, uri) => {
    const qualified = qualifyUri(instance, uri);
    expect(qualified).toMatch(/^mcp\+[a-z0-9.-]+\+/);
    expect(splitUri(qualified)).toEqual({ instance, uri });
  });

  it.each(['file:///a', 'mcp+docs', 'mcp++x', 'mcp+Docs+x'])('%s is none of ours', (uri) => {
    expect(splitUri(uri)).toBeUndefined();
  });

  const rename = (uri: string): string => `mine+${uri}`;

  it('are renamed wherever a result names one, and nothing else is touched', () => {
    const plain = { content: [{ type: 'text', text: 'a' }] };
    expect(renameUris('tools/call', plain, rename)).toBe(plain);
    const result = {
      content: [
        { type: 'resource_link', uri: 'a', name: 'n' },
        { type: 'resource', resource: { uri: 'b', text: 't' } },
        { type: 'text', text: 'uri' },
      ],
    };
    expect(renameUris('tools/call', result, rename)).toEqual({
      content: [
        { type: 'resource_link', uri: 'mine+a', name: 'n' },
        { type: 'resource', resource: { uri: 'mine+b', text: 't' } },
        { type: 'text', text: 'uri' },
      ],
    });
    const prompt = { messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'c' } } }] };
    expect(renameUris('prompts/get', prompt, rename)).toEqual({
      messages: [{ role: 'user', content: { type: 'resource', resource: { uri: 'mine+c' } } }],
    });
    expect(renameUris('resources/read', { contents: [{ uri: 'd' }] }, rename)).toEqual({
      contents: [{ uri: 'mine+d' }],
    });
  });
});
