import { Text } from '@mantine/core';
import { formatAbsolute, formatPercent } from '~/design/format';
import { toneOf } from '~/design/status-tone';
import { text } from '../detail-text';
import { slotsOf, type Phase } from './health-slots';
import classes from './detail.module.css';

interface HealthStripProps {
  readonly phases: readonly Phase[];
  readonly from: string;
}

/** What it was doing over time, in equal slots; each says its own time and reason. */
export function HealthStrip({ phases, from }: HealthStripProps) {
  const { slots, runningShare } = slotsOf(phases, Date.parse(from), Date.now());
  if (runningShare === undefined) return <Text c="dimmed">{text.overview.noHealth}</Text>;
  return (
    <div>
      <div
        className={classes.strip}
        role="img"
        aria-label={text.overview.healthLabel(formatPercent(runningShare))}
        data-testid="instance-health"
      >
        {slots.map(({ at, phase, reason }) => (
          <span
            key={at}
            className={classes.slot}
            data-tone={phase === undefined ? 'none' : toneOf('instance', phase)}
            title={[formatAbsolute(new Date(at).toISOString()), phase, reason].filter(Boolean).join(' · ')}
          />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {text.overview.healthLabel(formatPercent(runningShare))}
      </Text>
    </div>
  );
}
