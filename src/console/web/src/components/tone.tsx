import {
  IconAlertTriangleFilled,
  IconCircle,
  IconCircleFilled,
  IconHandStop,
  IconLoader2,
  IconXboxXFilled,
} from '@tabler/icons-react';
import { type ReactNode } from 'react';
import { type Tone } from '~/design/status-tone';
import classes from './tone.module.css';

const ICONS = {
  good: IconCircleFilled,
  busy: IconLoader2,
  warn: IconAlertTriangleFilled,
  bad: IconXboxXFilled,
  wait: IconHandStop,
  idle: IconCircle,
} as const satisfies Record<Tone, unknown>;

interface MarkProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** Whether its arc turns: something is going on by itself. */
  readonly turns?: boolean;
  /** The word of the API, for a state of it. */
  readonly status?: string;
  readonly testId?: string | undefined;
}

/** A word about a state, with a shape and a colour: never colour alone. */
export function Mark({ tone, children, turns = false, status, testId }: MarkProps) {
  const Icon = ICONS[tone];
  return (
    <span className={classes.mark} data-tone={tone} data-status={status} data-testid={testId}>
      <Icon size={10} aria-hidden className={turns ? classes.turning : undefined} />
      {children}
    </span>
  );
}

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  readonly testId?: string;
}

/** Something about what the page shows that is read before the rest: why it waits, what went wrong. */
export const Notice = ({ tone, title, children, testId }: NoticeProps) => (
  <div className={classes.notice} data-tone={tone} data-testid={testId} role="status">
    {title !== undefined && <p className={classes.title}>{title}</p>}
    <div className={classes.text}>{children}</div>
  </div>
);
