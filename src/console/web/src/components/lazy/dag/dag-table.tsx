import { useMemo } from 'react';
import { Text } from '@mantine/core';
import { EmptyState } from '~/components/empty-state';
import { ResourceTable } from '~/components/resource-table/resource-table';
import { StatusBadge } from '~/components/status-badge';
import { type DagProps } from '../dag';
import { type DagNode } from './graph';
import { text } from './text';

const LOADED = { isPending: false, error: null };

/** The same graph in words, for who cannot see the picture and for graphs that no picture holds. */
export function DagTable({ label, nodes, edges, onSelect }: DagProps) {
  const before = useMemo(() => parentsOf(nodes, edges), [nodes, edges]);
  const columns = [
    { id: 'name', header: text.name, cell: (node: DagNode) => node.label },
    {
      id: 'status',
      header: text.status,
      cell: ({ status, detail }: DagNode) =>
        status === undefined ? detail : <StatusBadge family="work" status={status} />,
    },
    {
      id: 'after',
      header: text.after,
      hideBelow: 'sm' as const,
      cell: ({ id }: DagNode) => (
        <Text size="xs" c="dimmed" lineClamp={1}>
          {before.get(id)?.join(', ')}
        </Text>
      ),
    },
  ];
  return (
    <ResourceTable
      label={label}
      testId="dag-table"
      columns={columns}
      rows={nodes}
      rowId={({ id }) => id}
      query={LOADED}
      empty={<EmptyState title={text.nothing} text={text.nothingText} />}
      {...(onSelect === undefined ? {} : { onOpen: ({ id }: DagNode) => onSelect(id) })}
    />
  );
}

function parentsOf(
  nodes: DagProps['nodes'],
  edges: DagProps['edges'],
): ReadonlyMap<string, readonly string[]> {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]));
  const parents = new Map<string, string[]>();
  for (const { from, to } of edges) parents.set(to, [...(parents.get(to) ?? []), labels.get(from) ?? from]);
  return parents;
}
