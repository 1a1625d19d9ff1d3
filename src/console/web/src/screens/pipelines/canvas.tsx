import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Dag, type DagEdge } from '~/components/lazy/dag';
import { closesCycle, connected, disconnected, type Draft, type Fault, faultyPlaces, kindOf } from './draft';
import { text } from './text';

interface CanvasProps {
  readonly draft: Draft;
  readonly faults: readonly Fault[];
  readonly selected: number | undefined;
  readonly onSelect: (at: number) => void;
  readonly onChange: (draft: Draft) => void;
}

const placesOf = ({ from, to }: DagEdge) => ({ from: Number(from), to: Number(to) });

/** The stages as a picture in which dependencies are drawn; one that would close a cycle says so while it is drawn. */
export function Canvas({ draft, faults, selected, onSelect, onChange }: CanvasProps) {
  const graph = useMemo(() => {
    const faulty = faultyPlaces(faults);
    return {
      nodes: draft.stages.map((stage, at) => ({
        ...{ id: String(at), label: stage.name },
        detail: kindOf(stage) === 'task' ? (stage.type ?? 'task') : kindOf(stage),
        hasFault: faulty.stages.has(at),
      })),
      edges: draft.dependencies.map(({ from, to }, at) => ({
        ...{ from: String(from), to: String(to) },
        hasFault: faulty.dependencies.has(at),
      })),
    };
  }, [draft, faults]);
  return (
    <Stack gap="xs">
      <Dag
        label={text.graph}
        {...graph}
        testId="editor-dag"
        height={220}
        selected={selected === undefined ? undefined : String(selected)}
        onSelect={(id) => Number.isInteger(Number(id)) && onSelect(Number(id))}
        onConnect={(edge) => onChange(connected(draft, placesOf(edge)))}
        onDisconnect={(edge) => onChange(disconnected(draft, placesOf(edge)))}
        mayConnect={(edge) => !closesCycle(draft, placesOf(edge))}
      />
      <Text size="xs" c="dimmed">
        {text.editor.drawHint}
      </Text>
    </Stack>
  );
}
