import { EndpointInvalidError } from './gateway.errors';
import { type EndpointContent, VirtualEndpoint } from './virtual-endpoint';

const NOW = new Date('2026-01-01T00:00:00Z');
const content = (changes: Partial<EndpointContent> = {}): EndpointContent => ({
  ...{ description: '', instances: ['docs'], tools: {}, prefix: 'auto' },
  ...changes,
});
const pointersOf = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof EndpointInvalidError) return (error.errors ?? []).map(({ pointer }) => pointer);
    throw error;
  }
  return [];
};

describe('a virtual endpoint', () => {
  it('says that it was made, changed and deleted', () => {
    const endpoint = VirtualEndpoint.create('readers', content(), NOW);
    endpoint.change({ prefix: 'none' }, NOW);
    endpoint.delete(NOW);
    const events = endpoint.takeEvents();
    expect(events.map(({ name }) => name)).toEqual([
      'mcp.endpoint.created',
      'mcp.endpoint.updated',
      'mcp.endpoint.deleted',
    ]);
    expect(events[1]).toMatchObject({
      aggregateType: 'endpoints',
      aggregateId: 'readers',
      data: { prefix: 'none' },
    });
  });

  it('keeps what a change does not name', () => {
    const endpoint = VirtualEndpoint.create('readers', content({ description: 'old' }), NOW);
    endpoint.change({ instances: ['other'] }, NOW);
    expect(endpoint.snapshot()).toMatchObject({ description: 'old', instances: ['other'] });
  });

  it.each([
    ['a reserved name', 'status', {}, ['/name']],
    ['an instance twice', 'e', { instances: ['a', 'a'] }, ['/instances/1']],
    ['a name that is none', 'e', { instances: ['A!'] }, ['/instances/0']],
    [
      'too many instances',
      'e',
      { instances: Array.from({ length: 201 }, (_, n) => `i${n}`) },
      ['/instances'],
    ],
    [
      'patterns that are none',
      'e',
      { tools: { allow: ['ok', ''], deny: ['ä'] } },
      ['/tools/allow/1', '/tools/deny/0'],
    ],
    ['too many patterns', 'e', { tools: { deny: Array.from({ length: 101 }, () => '*') } }, ['/tools/deny']],
    [
      'an override without its instance',
      'e',
      { tools: { overrides: { echo: {} } } },
      ['/tools/overrides/echo'],
    ],
    [
      'one name for two tools',
      'e',
      { tools: { overrides: { a__x: { name: 'same' }, b__y: { name: 'same' } } } },
      ['/tools/overrides/b__y/name'],
    ],
  ])('refuses %s', (_what, name, changes, pointers) => {
    expect(pointersOf(() => VirtualEndpoint.create(name, content(changes), NOW))).toEqual(pointers);
  });

  it('names all faults at once', () => {
    const faulty = content({ instances: ['A'], tools: { allow: [''] } });
    expect(pointersOf(() => VirtualEndpoint.create('e', faulty, NOW))).toHaveLength(2);
  });
});
