import { Text } from '@mantine/core';
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
import classes from './mark.module.css';

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
}

/** A word about a state that belongs to none of the families: with a shape, never colour alone. */
export function Mark({ tone, children }: MarkProps) {
  const Icon = ICONS[tone];
  return (
    <span className={classes.mark} data-tone={tone}>
      <Icon size={10} aria-hidden />
      {children}
    </span>
  );
}

interface NoteProps extends MarkProps {
  readonly title?: string;
  readonly testId?: string;
}

/** Something that has to be read, in a box of its tone. */
export const Note = ({ tone, title, children, testId }: NoteProps) => (
  <div className={classes.note} data-tone={tone} data-testid={testId} role="note">
    {title !== undefined && <Text fw={600}>{title}</Text>}
    {children}
  </div>
);
