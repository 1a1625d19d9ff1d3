import { collapse, levelsOf, neighbourOf } from './graph';

const node = (id: string, status = 'pending') => ({ id, label: id, status });
const edge = (from: string, to: string) => ({ from, to });
const DIAMOND = {
  nodes: ['a', 'b', 'c', 'd'].map((id) => node(id)),
  edges: [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd'), edge('a', 'd')],
};

describe('the picture of a graph', () => {
  it('puts a node behind the longest way to it', () => {
    expect(Object.fromEntries(levelsOf(DIAMOND.nodes, DIAMOND.edges))).toEqual({ a: 0, b: 1, c: 1, d: 2 });
  });

  it('ends also where there is a cycle, or an edge to nowhere', () => {
    const edges = [edge('a', 'b'), edge('b', 'a'), edge('c', 'x')];
    expect([...levelsOf(DIAMOND.nodes, edges).values()]).toEqual([0, 0, 0, 0]);
  });

  it('lets levels stand for their nodes, with the worst state of them', () => {
    const nodes = [node('a', 'completed'), node('b', 'failed'), node('c', 'completed'), node('d')];
    const words = { level: String, stages: String };
    const { nodes: levels, edges } = collapse(nodes, DIAMOND.edges, words);
    expect(levels.map(({ status, detail }) => [status, detail])).toEqual([
      ['completed', '1'],
      ['failed', '2'],
      ['pending', '1'],
    ]);
    expect(edges).toEqual([edge('level-0', 'level-1'), edge('level-1', 'level-2')]);
  });

  it.each([
    ['a', 'ArrowRight', 'b'],
    ['d', 'ArrowLeft', 'b'],
    ['b', 'ArrowDown', 'c'],
    ['c', 'ArrowDown', 'b'],
    ['b', 'ArrowUp', 'c'],
    ['a', 'ArrowLeft', undefined],
    ['a', 'Enter', undefined],
  ])('leads from %s by %s to %s', (from, key, to) => {
    expect(neighbourOf(from, key, DIAMOND)).toBe(to);
  });
});
