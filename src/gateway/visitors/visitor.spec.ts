import { merged, readVisitor, type Visitor } from './visitor';

const visitor = (more: Partial<Visitor> = {}): Visitor => ({
  ...{ workspaceId: 'w', principalId: 'k', principalName: 'laptop', face: 'server', name: 'docs' },
  ...{ client: 'claude-code', clientVersion: '2.1', protocolVersion: '2025-11-25' },
  ...{ connectedAtMs: 10, seenAtMs: 10, toolsListedAtMs: 0, calledAtMs: 0, tool: '' },
  ...more,
});

describe('a visitor', () => {
  it.each([
    ['later introduction', { connectedAtMs: 20, client: 'cursor' }, { client: 'cursor', connectedAtMs: 20 }],
    ['list of tools', { toolsListedAtMs: 15, seenAtMs: 15 }, { toolsListedAtMs: 15, seenAtMs: 15 }],
    ['call', { calledAtMs: 16, tool: 'echo' }, { calledAtMs: 16, tool: 'echo' }],
    ['older word', { connectedAtMs: 5, client: 'old' }, { client: 'claude-code', connectedAtMs: 10 }],
  ])('is the same after a %s, in either order', (_what, more, expected) => {
    const [a, b] = [visitor(), visitor(more)];
    expect(merged(a, b)).toMatchObject(expected);
    expect(merged(b, a)).toEqual(merged(a, b));
  });

  it.each(['', '[]', 'null', '{}', JSON.stringify({ ...visitor(), seenAtMs: 'x' })])(
    'is not read from %s',
    (text) => {
      expect(readVisitor(text)).toBeUndefined();
    },
  );

  it('is read as it was written', () => {
    expect(readVisitor(JSON.stringify(visitor()))).toEqual(visitor());
  });
});
