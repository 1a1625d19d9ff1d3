import { reachOf, type RunGraph } from '../engine/run-graph';
import { type StageStatus } from '../engine/run-state';
import { type ReusedStage } from './run-starter';

export interface EarlierStage {
  readonly id: string;
  readonly position: number;
  readonly status: StageStatus;
}

const REUSABLE: ReadonlySet<string> = new Set(['completed', 'skipped']);

/**
 * Which stages of an earlier run a new one takes over: those that ended well and that neither come after the stage to begin
 * with nor after one that has to be run again. Without such a stage everything is run again.
 */
export function reusedStages(
  graph: RunGraph,
  stages: readonly EarlierStage[],
  from: number | undefined,
): ReadonlyMap<number, ReusedStage> {
  if (from === undefined) return new Map();
  const unfinished = stages.filter(({ status }) => !REUSABLE.has(status)).map(({ position }) => position);
  const again = reachOf(graph, [from, ...unfinished]);
  return new Map(
    stages
      .filter(({ position }) => !again.has(position))
      .map(({ id, position, status }) => [
        position,
        { stageRunId: id, status: status === 'completed' ? 'completed' : 'skipped' },
      ]),
  );
}
