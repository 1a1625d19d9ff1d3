import { Text } from '@mantine/core';
import { formatAbsolute } from '~/design/format';
import { type components } from '~/api/schema.gen';
import { text } from '../detail-text';
import classes from './detail.module.css';
import { stripOf } from './probe-slots';

const words = text.overview;

/** One bar for each of the last probes, the newest at the right: missed ones are short and red, slow ones are not judged. */
export function ProbeStrip({ probes }: { readonly probes: readonly components['schemas']['ProbeDto'][] }) {
  const { slots, missed } = stripOf(probes);
  if (probes.length === 0) return <Text c="dimmed">{words.noProbes}</Text>;
  const label = words.probesLabel(probes.length, missed);
  return (
    <div>
      <div className={classes.strip} role="img" aria-label={label} data-testid="instance-probes">
        {slots.map((probe, index) => (
          <span
            key={index}
            className={classes.slot}
            data-tone={probe === undefined ? 'none' : probe.ok ? 'good' : 'bad'}
            title={
              probe &&
              [
                formatAbsolute(probe.at),
                probe.latency_ms === null ? null : words.answeredIn(probe.latency_ms),
                probe.reason,
              ]
                .filter(Boolean)
                .join(' · ')
            }
          />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {label}
      </Text>
    </div>
  );
}
