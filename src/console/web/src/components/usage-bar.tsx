import { Group, Progress, Stack, Text } from '@mantine/core';
import { formatNumber } from '~/design/format';

interface UsageBarProps {
  readonly label: string;
  readonly used: number;
  /** null: without a limit. */
  readonly limit: number | null;
  readonly format?: (value: number) => string;
}

const NEAR = 0.8;

/** How much of a limit is used; the figures are text, the bar is for the eye. */
export function UsageBar({ label, used, limit, format = formatNumber }: UsageBarProps) {
  const share = limit === null || limit === 0 ? 0 : used / limit;
  const colour = share >= 1 ? 'var(--q-bad-text)' : share >= NEAR ? 'var(--q-warn-text)' : 'var(--q-accent)';
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{label}</Text>
        <Text size="sm" className="q-figures" c="dimmed">
          {limit === null ? format(used) : `${format(used)} / ${format(limit)}`}
        </Text>
      </Group>
      {limit !== null && (
        <Progress value={Math.min(100, share * 100)} color={colour} size={6} aria-label={label} />
      )}
    </Stack>
  );
}
