import { type PipelineDefinition } from '../definitions';

/** Who waits for whom, by position. */
export interface RunGraph {
  readonly children: readonly (readonly number[])[];
  readonly parents: readonly (readonly number[])[];
  /** Nothing waits for these: what they give is what the run gives. */
  readonly leaves: readonly number[];
}

/** A version never changes, so its graph is made once. */
const GRAPHS = new WeakMap<PipelineDefinition, RunGraph>();

export function graphOf(definition: PipelineDefinition): RunGraph {
  const known = GRAPHS.get(definition);
  if (known !== undefined) return known;
  const children = definition.stages.map((): number[] => []);
  const parents = definition.stages.map((): number[] => []);
  for (const { from, to } of definition.dependencies) {
    children[from]?.push(to);
    parents[to]?.push(from);
  }
  const leaves = [...children.keys()].filter((position) => children[position]?.length === 0);
  const graph = { children, parents, leaves };
  GRAPHS.set(definition, graph);
  return graph;
}

/** The positions and everything that can be reached from them. */
export function reachOf({ children }: RunGraph, positions: Iterable<number>): ReadonlySet<number> {
  const reached = new Set(positions);
  // A set is walked in the order of its insertions, those made meanwhile included.
  for (const position of reached) for (const child of children[position] ?? []) reached.add(child);
  return reached;
}
