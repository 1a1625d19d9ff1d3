import { Group, Progress, Text } from '@mantine/core';
import { formatPercent } from '~/design/format';
import { text } from './text';

const NEAR = 0.8;
const WHOLE = 100;

/** How loaded an agent says it is; the figure is text, the bar is for the eye. */
export function LoadBar({ name, load }: { readonly name: string; readonly load: number }) {
  const colour = load >= 1 ? 'var(--q-bad-text)' : load >= NEAR ? 'var(--q-warn-text)' : 'var(--q-accent)';
  return (
    <Group gap={8} wrap="nowrap">
      <Progress value={load * WHOLE} color={colour} size={6} w={64} aria-label={text.loadOf(name)} />
      <Text size="xs" c="dimmed" className="q-figures">
        {formatPercent(load)}
      </Text>
    </Group>
  );
}
