export interface DagNode {
  readonly id: string;
  readonly label: string;
  /** A line below the label. */
  readonly detail?: string;
  /** A word of the family `work`; gives colour and icon. */
  readonly status?: string;
  readonly hasFault?: boolean;
}

export interface DagEdge {
  readonly from: string;
  readonly to: string;
  /** It closes a cycle, or names what is not there. */
  readonly hasFault?: boolean;
}

/** How many edges lie at most between a node and one without parents; nodes of a cycle stay where they were seen first. */
export function levelsOf(nodes: readonly DagNode[], edges: readonly DagEdge[]): ReadonlyMap<string, number> {
  const levels = new Map(nodes.map(({ id }) => [id, 0]));
  const open = new Map(nodes.map(({ id }) => [id, 0]));
  const children = new Map<string, string[]>();
  for (const { from, to } of edges) {
    if (!levels.has(from) || !levels.has(to)) continue;
    open.set(to, (open.get(to) ?? 0) + 1);
    children.set(from, [...(children.get(from) ?? []), to]);
  }
  const ready = nodes.map(({ id }) => id).filter((id) => open.get(id) === 0);
  for (let id = ready.shift(); id !== undefined; id = ready.shift())
    for (const child of children.get(id) ?? []) {
      levels.set(child, Math.max(levels.get(child) ?? 0, (levels.get(id) ?? 0) + 1));
      const left = (open.get(child) ?? 1) - 1;
      open.set(child, left);
      if (left === 0) ready.push(child);
    }
  return levels;
}

/** What is worst among words of state: a level that stands for many shows it. */
const BY_WEIGHT = ['failed', 'retrying', 'waiting_approval', 'running', 'cancelled', 'pending', 'skipped'];

/** A node for each level, in a row. */
export function collapse(
  nodes: readonly DagNode[],
  edges: readonly DagEdge[],
  words: { readonly level: (number: number) => string; readonly stages: (count: number) => string },
): { readonly nodes: readonly DagNode[]; readonly edges: readonly DagEdge[] } {
  const levels = levelsOf(nodes, edges);
  const groups: DagNode[][] = [];
  for (const node of nodes) (groups[levels.get(node.id) ?? 0] ??= []).push(node);
  const shown = groups.map((members, at): DagNode => {
    const worst = BY_WEIGHT.find((word) => members.some(({ status }) => status === word));
    const status = worst ?? members[0]?.status;
    return {
      ...{ id: `level-${at}`, label: words.level(at + 1), detail: words.stages(members.length) },
      ...(status === undefined ? {} : { status }),
      hasFault: members.some(({ hasFault }) => hasFault === true),
    };
  });
  return {
    nodes: shown,
    edges: shown.slice(1).map(({ id }, at) => ({ from: `level-${at}`, to: id })),
  };
}

/** The node that an arrow key leads to: along an edge, or to the next one of the same level. */
export function neighbourOf(
  id: string,
  key: string,
  { nodes, edges }: { readonly nodes: readonly DagNode[]; readonly edges: readonly DagEdge[] },
): string | undefined {
  if (key === 'ArrowRight') return edges.find(({ from }) => from === id)?.to;
  if (key === 'ArrowLeft') return edges.find(({ to }) => to === id)?.from;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  const levels = levelsOf(nodes, edges);
  const row = nodes.filter((node) => levels.get(node.id) === levels.get(id)).map((node) => node.id);
  const step = key === 'ArrowDown' ? 1 : -1;
  return row[(row.indexOf(id) + step + row.length) % row.length];
}
