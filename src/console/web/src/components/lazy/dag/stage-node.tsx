import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { toneOf } from '~/design/status-tone';
import { StatusBadge } from '~/components/status-badge';
import classes from './dag.module.css';
import { type DagNode } from './graph';

export interface StageNodeData extends Record<string, unknown> {
  readonly node: DagNode;
  readonly direction: 'LR' | 'TB';
  readonly isSelected: boolean;
  readonly isConnectable: boolean;
  readonly onSelect?: (id: string) => void;
  /** Where an arrow key leads. */
  readonly next: (key: string) => string | undefined;
}

/** A button, so that the keyboard has it; its arrows follow the edges. */
export function StageNode({ data }: NodeProps<Node<StageNodeData>>) {
  const { node, direction, isSelected, isConnectable, onSelect, next } = data;
  const [into, outOf] =
    direction === 'LR' ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  const tone = node.status === undefined ? undefined : toneOf('work', node.status);
  return (
    <>
      <Handle type="target" position={into} isConnectable={isConnectable} className={classes.handle ?? ''} />
      <button
        type="button"
        className={classes.node}
        data-tone={tone}
        data-fault={node.hasFault === true || undefined}
        data-status={node.status}
        data-stage={node.id}
        data-testid={`dag-node-${node.label}`}
        aria-pressed={isSelected}
        onClick={() => onSelect?.(node.id)}
        onKeyDown={(event) => {
          const id = next(event.key);
          if (id === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          focusOn(event.currentTarget, id);
        }}
      >
        <span className={classes.label} title={node.label}>
          {node.label}
        </span>
        <span className={classes.line}>
          {node.status === undefined ? node.detail : <StatusBadge family="work" status={node.status} />}
          {node.status !== undefined && node.detail !== undefined && (
            <span className={classes.detail} title={node.detail}>
              {node.detail}
            </span>
          )}
        </span>
      </button>
      <Handle type="source" position={outOf} isConnectable={isConnectable} className={classes.handle ?? ''} />
    </>
  );
}

function focusOn(button: HTMLElement, id: string): void {
  const canvas = button.closest('.react-flow');
  canvas?.querySelector<HTMLElement>(`[data-stage="${CSS.escape(id)}"]`)?.focus();
}
