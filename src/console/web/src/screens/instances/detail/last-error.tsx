import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { CodeBlock, RelativeTime } from '~/components';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';

const words = text.overview;
const LINES = 12;

/** What is left of a container that went: how it ended, and its last words. */
export function LastError({ error }: { readonly error: NonNullable<Instance['last_error']> }) {
  const { message, exit_code: code, oom_killed: isOom, output, at } = error;
  const end = [code === null ? '' : words.exit(code), isOom ? words.oom : ''].filter((part) => part !== '');
  return (
    <Card data-testid="instance-last-error">
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2}>{words.lastError}</Title>
          <Text size="sm" c="dimmed">
            <RelativeTime at={at} />
          </Text>
        </Group>
        <Text>
          {message}
          {end.length > 0 && ` (${end.join(', ')})`}
        </Text>
        {output.length > 0 && <CodeBlock code={output.join('\n')} label={words.output} maxLines={LINES} />}
      </Stack>
    </Card>
  );
}
