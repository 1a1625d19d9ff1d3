import { type ConnectionLineComponentProps, getBezierPath } from '@xyflow/react';
import classes from './dag.module.css';
import { text } from './text';

/** The edge while it is drawn: where it may not be, it says why. */
export function DrawnEdge(props: ConnectionLineComponentProps) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus } = props;
  const [path, labelX, labelY] = getBezierPath({
    ...{ sourceX: fromX, sourceY: fromY, sourcePosition: fromPosition },
    ...{ targetX: toX, targetY: toY, targetPosition: toPosition },
  });
  const isRefused = connectionStatus === 'invalid';
  return (
    <g className={isRefused ? classes.refused : classes.drawn} data-testid="dag-drawn">
      <path d={path} fill="none" strokeWidth={2} />
      {isRefused && (
        <text x={labelX} y={labelY - 6} textAnchor="middle" fontSize={12}>
          {text.cycle}
        </text>
      )}
    </g>
  );
}
