import { Group, Stack, Text } from '@mantine/core';
import { RelativeTime } from '~/components';
import { formatNumber, formatRate } from '~/design/format';
import { useActivity } from '../data/activity-board';
import { type Instance } from '../data/instance';
import { text } from '../text';
import { Name, Status } from './columns';

/** A row on a narrow page. */
export function InstanceCard({ row }: { readonly row: Instance }) {
  const activity = useActivity(row.id);
  return (
    <Stack gap={6}>
      <Name row={row} />
      <Status row={row} />
      <Group gap="md">
        {row.tools !== null && (
          <Text size="xs">
            {text.columns.tools} {formatNumber(row.tools)}
          </Text>
        )}
        {activity !== undefined && (
          <Text size="xs">
            {text.columns.calls} {formatRate(activity.calls_per_minute)}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <RelativeTime at={row.created_at} />
        </Text>
      </Group>
    </Stack>
  );
}
