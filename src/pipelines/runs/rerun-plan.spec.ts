import { type StageStatus } from '../engine/run-state';
import { type RunGraph } from '../engine/run-graph';
import { reusedStages } from './rerun-plan';

/** 0 → 1 → 3 and 0 → 2 → 3, then 4. */
const GRAPH: RunGraph = {
  children: [[1, 2], [3], [3], [4], []],
  parents: [[], [0], [0], [1, 2], [3]],
  leaves: [4],
};
const stages = (...statuses: StageStatus[]) =>
  statuses.map((status, position) => ({ id: `s${String(position)}`, position, status }));
const reused = (from: number | undefined, ...statuses: StageStatus[]): readonly number[] => [
  ...reusedStages(GRAPH, stages(...statuses), from).keys(),
];

describe('a run from a stage on', () => {
  it.each([
    [
      'nothing without a stage to begin with',
      undefined,
      [],
      ['completed', 'completed', 'completed', 'completed', 'completed'],
    ],
    [
      'nothing from the first stage on',
      0,
      [],
      ['completed', 'completed', 'completed', 'completed', 'completed'],
    ],
    [
      'what does not come after it',
      1,
      [0, 2],
      ['completed', 'completed', 'completed', 'completed', 'completed'],
    ],
    [
      'what was skipped, which has no output',
      3,
      [0, 1, 2],
      ['completed', 'skipped', 'completed', 'failed', 'skipped'],
    ],
    [
      'no stage that failed, and nothing after one',
      1,
      [0],
      ['completed', 'completed', 'failed', 'skipped', 'skipped'],
    ],
  ] as const)('takes over %s', (_, from, expected, statuses) => {
    expect(reused(from, ...statuses)).toEqual(expected);
  });
});
