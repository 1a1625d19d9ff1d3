import { type StatusFamily, toneOf } from '~/design/status-tone';
import { Mark } from './tone';
import classes from './text.module.css';

interface StatusBadgeProps {
  readonly family: StatusFamily;
  readonly status: string;
  readonly testId?: string;
}

/** The API's word. */
export function StatusBadge({ family, status, testId }: StatusBadgeProps) {
  const tone = toneOf(family, status);
  return (
    <Mark tone={tone} turns={tone === 'busy'} status={status} testId={testId}>
      {status.replaceAll('_', ' ')}
    </Mark>
  );
}

interface ReasonProps {
  readonly text: string | null | undefined;
  readonly lines?: number;
}

/** Why something is as it is: one line, whole on hover and focus. */
export function Reason({ text, lines = 1 }: ReasonProps) {
  if (text === null || text === undefined || text === '') return null;
  return (
    <p className={classes.reason} style={{ WebkitLineClamp: lines }} title={text}>
      {text}
    </p>
  );
}
