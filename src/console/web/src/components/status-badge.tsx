import {
  IconAlertTriangleFilled,
  IconCircle,
  IconCircleFilled,
  IconHandStop,
  IconLoader2,
  IconXboxXFilled,
} from '@tabler/icons-react';
import { Text } from '@mantine/core';
import { type StatusFamily, type Tone, toneOf } from '~/design/status-tone';
import classes from './status-badge.module.css';

const ICONS = {
  good: IconCircleFilled,
  busy: IconLoader2,
  warn: IconAlertTriangleFilled,
  bad: IconXboxXFilled,
  wait: IconHandStop,
  idle: IconCircle,
} as const satisfies Record<Tone, unknown>;

interface StatusBadgeProps {
  readonly family: StatusFamily;
  readonly status: string;
  readonly testId?: string;
}

/** The API's word, with a shape and a colour: never colour alone. */
export function StatusBadge({ family, status, testId }: StatusBadgeProps) {
  const tone = toneOf(family, status);
  const Icon = ICONS[tone];
  return (
    <span className={classes.badge} data-tone={tone} data-status={status} data-testid={testId}>
      <Icon size={10} aria-hidden className={tone === 'busy' ? classes.turning : undefined} />
      {status.replaceAll('_', ' ')}
    </span>
  );
}

/** Why something is as it is: one line, whole on hover and focus. */
export function Reason({
  text,
  lines = 1,
}: {
  readonly text: string | null | undefined;
  readonly lines?: number;
}) {
  if (text === null || text === undefined || text === '') return null;
  return (
    <Text size="xs" c="dimmed" lineClamp={lines} title={text}>
      {text}
    </Text>
  );
}
