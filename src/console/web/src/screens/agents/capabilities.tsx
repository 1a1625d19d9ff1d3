import { Badge, Group, Text } from '@mantine/core';
import { text } from './text';

const SHOWN = 3;

/** A few of them, the rest in the title: a row is one line. */
export function Capabilities({
  of,
  most = SHOWN,
}: {
  readonly of: readonly string[];
  readonly most?: number;
}) {
  const rest = of.slice(most);
  return (
    <Group gap={4} wrap={rest.length > 0 ? 'nowrap' : 'wrap'}>
      {of.slice(0, most).map((each) => (
        <Badge key={each} variant="default" size="sm" tt="none" fw={400} radius="xs">
          {each}
        </Badge>
      ))}
      {rest.length > 0 && (
        <Text size="xs" c="dimmed" title={rest.join(', ')}>
          {text.more(rest.length)}
        </Text>
      )}
    </Group>
  );
}
