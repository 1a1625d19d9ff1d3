import { Group, SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import { type DagEdge, type DagNode, levelsOf } from './dag/graph';
import { DagTable } from './dag/dag-table';
import { text } from './dag/text';

const Canvas = lazy(() => import('./dag/canvas'));

export type { DagEdge, DagNode };

export interface DagProps {
  readonly label: string;
  readonly nodes: readonly DagNode[];
  readonly edges: readonly DagEdge[];
  readonly selected?: string | undefined;
  readonly onSelect?: (id: string) => void;
  /** At least. */
  readonly height?: number;
  /** Given, edges can be drawn and taken away; `mayConnect` is asked while one is drawn. */
  readonly onConnect?: (edge: DagEdge) => void;
  readonly onDisconnect?: (edge: DagEdge) => void;
  readonly mayConnect?: (edge: DagEdge) => boolean;
  readonly testId?: string;
}

/** More than this is no picture any more: levels stand for their nodes, and the table comes first. */
const PICTURE_MAX = 300;
/** Room for one row of stages, for each further one, and at most; the rest is a matter of moving and zooming. */
const ROW = 80;
const [LEAST, MOST] = [132, 400];

/** A graph without cycles, as a picture and as a table; the library for pictures is fetched with the first one. */
export function Dag(props: DagProps) {
  const { nodes, edges, height: least = LEAST, testId = 'dag' } = props;
  const rows = useMemo(() => broadest(levelsOf(nodes, edges)), [nodes, edges]);
  const height = Math.min(MOST, Math.max(least, rows * ROW + ROW / 2));
  const [wanted, setWanted] = useState<string>();
  const view = wanted ?? (nodes.length > PICTURE_MAX ? 'table' : 'graph');
  return (
    <Stack gap="xs" data-testid={testId}>
      <Group justify="flex-end">
        <SegmentedControl
          size="xs"
          value={view}
          onChange={setWanted}
          aria-label={text.view}
          data={[
            { value: 'graph', label: text.graph },
            { value: 'table', label: text.table },
          ]}
        />
      </Group>
      {view === 'table' ? (
        <DagTable {...props} />
      ) : (
        <Suspense fallback={<Skeleton height={height} aria-busy="true" />}>
          <Canvas {...props} height={height} collapsed={nodes.length > PICTURE_MAX} />
        </Suspense>
      )}
    </Stack>
  );
}

/** How many nodes the fullest level has. */
function broadest(levels: ReadonlyMap<string, number>): number {
  const counts = new Map<number, number>();
  for (const level of levels.values()) counts.set(level, (counts.get(level) ?? 0) + 1);
  return Math.max(1, ...counts.values());
}
