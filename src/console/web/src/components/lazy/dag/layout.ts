import { graphlib, layout } from '@dagrejs/dagre';
import { type DagEdge, type DagNode } from './graph';

export const NODE = { width: 164, height: 56 } as const;

/** Where each node stands, by its left upper corner. `LR` from left to right, `TB` from top to bottom. */
export function placesOf(
  nodes: readonly DagNode[],
  edges: readonly DagEdge[],
  direction: 'LR' | 'TB',
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: direction, nodesep: 20, ranksep: 28, marginx: 4, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map(({ id }) => id));
  for (const { id } of nodes) graph.setNode(id, { ...NODE });
  for (const { from, to } of edges) if (known.has(from) && known.has(to)) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as { x: number; y: number };
      return [id, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
    }),
  );
}
