import '@xyflow/react/dist/base.css';
import {
  type Connection,
  Controls,
  type Edge,
  MarkerType,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useMemo } from 'react';
import { type DagProps } from '../dag';
import classes from './dag.module.css';
import { DrawnEdge } from './drawn-edge';
import { collapse, type DagEdge, type DagNode, neighbourOf } from './graph';
import { NODE, placesOf } from './layout';
import { StageNode, type StageNodeData } from './stage-node';
import { text } from './text';

const NODE_TYPES = { stage: StageNode };
const NARROW = '(max-width: 43.74em)';
/** From top to bottom a chain is high: as high as it takes at the smallest size, up to most of a page. */
const NARROW_HEIGHT = 360;
const NARROW_HEIGHT_MAX = 560;
/** Down to a size that can still be read; what does not fit then is reached by moving. The buttons stand at the left. */
const FIT = { padding: { x: '8px', y: '8px', left: '52px' }, maxZoom: 1.25, minZoom: 0.75 } as const;

interface CanvasProps extends DagProps {
  readonly height: number;
  readonly collapsed: boolean;
}

export default function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

function Picture(props: CanvasProps) {
  const { label, height, collapsed, onConnect, onDisconnect, mayConnect } = props;
  const narrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const direction = narrow ? 'TB' : 'LR';
  const graph = useMemo(
    () => (collapsed ? collapse(props.nodes, props.edges, text) : { nodes: props.nodes, edges: props.edges }),
    [collapsed, props.nodes, props.edges],
  );
  const places = usePlaces(graph, direction);
  const nodes = useMemo(
    () => graph.nodes.map((node) => flowNode(node, { ...props, graph, direction, places })),
    [graph, places, direction, props.selected, props.onSelect, onConnect],
  );
  const edges = useMemo(() => graph.edges.map(flowEdge), [graph]);
  useFitting(places);
  return (
    <div
      className={classes.canvas}
      style={{ height: narrow ? narrowHeight(places, height) : height }}
      role="group"
      aria-label={`${label}. ${text.arrows}.`}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        connectionLineComponent={DrawnEdge}
        nodesDraggable={false}
        nodesFocusable={false}
        edgesFocusable={onDisconnect !== undefined}
        nodesConnectable={onConnect !== undefined}
        elementsSelectable={onDisconnect !== undefined}
        deleteKeyCode={['Backspace', 'Delete']}
        onBeforeDelete={({ edges: gone }) => Promise.resolve({ nodes: [], edges: gone })}
        onConnect={(edge) => onConnect?.(ends(edge))}
        isValidConnection={(edge) => mayConnect?.(ends(edge)) ?? true}
        onEdgesDelete={(gone) => gone.forEach((edge) => onDisconnect?.(ends(edge)))}
        zoomOnScroll={false}
        preventScrolling={false}
        minZoom={0.1}
        maxZoom={1.5}
        fitView
        fitViewOptions={FIT}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} className={classes.controls ?? ''} fitViewOptions={FIT} />
      </ReactFlow>
    </div>
  );
}

type Graph = { readonly nodes: readonly DagNode[]; readonly edges: readonly DagEdge[] };
type Places = ReturnType<typeof placesOf>;

/** Anew where the shape is another one, not where a state is: a live graph must not be laid out with each frame. */
function usePlaces({ nodes, edges }: Graph, direction: 'LR' | 'TB'): Places {
  const shape = JSON.stringify([nodes.map(({ id }) => id), edges.map(({ from, to }) => [from, to])]);
  return useMemo(() => placesOf(nodes, edges, direction), [shape, direction]);
}

function narrowHeight(places: Places, height: number): number {
  const lowest = Math.max(0, ...[...places.values()].map(({ y }) => y)) + NODE.height;
  const needed = Math.ceil(lowest * FIT.minZoom) + 24;
  return Math.max(height, NARROW_HEIGHT, Math.min(NARROW_HEIGHT_MAX, needed));
}

function useFitting(places: Places): void {
  const { fitView } = useReactFlow();
  useEffect(() => {
    // After the nodes stand at their new places.
    const frame = requestAnimationFrame(() => void fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [places, fitView]);
}

interface Surroundings extends Pick<DagProps, 'selected' | 'onSelect' | 'onConnect'> {
  readonly graph: Graph;
  readonly direction: 'LR' | 'TB';
  readonly places: Places;
}

const flowNode = (
  node: DagNode,
  { graph, direction, places, selected, onSelect, onConnect }: Surroundings,
): Node<StageNodeData> => ({
  ...{ id: node.id, type: 'stage', position: places.get(node.id) ?? { x: 0, y: 0 }, ...NODE },
  selectable: false,
  deletable: false,
  data: {
    node,
    direction,
    isSelected: node.id === selected,
    isConnectable: onConnect !== undefined,
    ...(onSelect === undefined ? {} : { onSelect }),
    next: (key) => neighbourOf(node.id, key, graph),
  },
});

const flowEdge = ({ from, to, hasFault = false }: DagEdge): Edge => ({
  ...{ id: `${from}→${to}`, source: from, target: to },
  ...(hasFault ? { label: text.cycle } : {}),
  className: (hasFault ? classes.fault : classes.edge) ?? '',
  markerEnd: { type: MarkerType.ArrowClosed, color: hasFault ? 'var(--q-bad-text)' : 'var(--q-muted)' },
});

const ends = ({ source, target }: Connection | Edge): DagEdge => ({ from: source, to: target });
