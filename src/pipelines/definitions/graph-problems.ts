import { type FieldProblem } from '@app/kernel';
import { type Dependency } from './definition';
import { type Graph, sortGraph } from './graph';
import { DEPENDENCIES_MAX } from './limits';
import { problem } from './problems';

/** Longer cycles are told by their ends. */
const CYCLE_SHOWN_MAX = 20;

export interface JudgedGraph {
  readonly problems: readonly FieldProblem[];
  /** Absent when the dependencies are no graph without cycles. */
  readonly graph?: Graph;
}

export function judgeGraph(names: readonly string[], dependencies: readonly Dependency[]): JudgedGraph {
  if (dependencies.length > DEPENDENCIES_MAX) {
    const detail = `may hold ${String(DEPENDENCIES_MAX)} dependencies at most`;
    return { problems: [problem('/dependencies', detail, 'too_many')] };
  }
  const problems = edgeProblems(names, dependencies);
  if (problems.length > 0) return { problems };
  const graph = sortGraph(names.length, dependencies);
  return graph.cycle === undefined
    ? { problems, graph }
    : { problems: [cycleProblem(names, dependencies, graph.cycle)] };
}

function edgeProblems(names: readonly string[], dependencies: readonly Dependency[]): FieldProblem[] {
  const seen = new Map<string, number>();
  return dependencies.flatMap(({ from, to }, index) => {
    const pointer = `/dependencies/${String(index)}`;
    const unknown = [
      ...unknownIndex(from, names.length, `${pointer}/from`),
      ...unknownIndex(to, names.length, `${pointer}/to`),
    ];
    if (unknown.length > 0) return unknown;
    if (from === to) {
      const name = names[from] ?? String(from);
      return [problem(pointer, `makes the stage "${name}" wait for itself`, 'self_dependency')];
    }
    const key = `${String(from)}>${String(to)}`;
    const first = seen.get(key);
    if (first !== undefined)
      return [problem(pointer, `says the same as /dependencies/${String(first)}`, 'duplicate')];
    seen.set(key, index);
    return [];
  });
}

function unknownIndex(index: number, count: number, pointer: string): FieldProblem[] {
  if (Number.isInteger(index) && index >= 0 && index < count) return [];
  const range = count === 1 ? 'the only stage is 0' : `stages are counted from 0 to ${String(count - 1)}`;
  return [problem(pointer, `is no stage: ${range}`, 'unknown_stage')];
}

/** At the dependency that closes it, with the way around by name. */
function cycleProblem(
  names: readonly string[],
  dependencies: readonly Dependency[],
  cycle: readonly number[],
): FieldProblem {
  const [first = 0] = cycle;
  const last = cycle.at(-1) ?? first;
  const at = dependencies.findIndex(({ from, to }) => from === last && to === first);
  const way = [...cycle, first].map((stage) => names[stage] ?? String(stage));
  return problem(`/dependencies/${String(at)}`, `closes a cycle: ${shorten(way).join(' → ')}`, 'cycle');
}

function shorten(way: readonly string[]): readonly string[] {
  if (way.length <= CYCLE_SHOWN_MAX) return way;
  const half = CYCLE_SHOWN_MAX / 2;
  const between = `… ${String(way.length - CYCLE_SHOWN_MAX)} more …`;
  return [...way.slice(0, half), between, ...way.slice(-half)];
}
