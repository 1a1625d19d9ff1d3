import { ActionIcon, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { Duration, RelativeTime, StatusBadge } from '~/components';
import { type Example, type Run } from '../history';
import { text } from '../text';

type Arguments = Record<string, unknown>;

const STATUS = { ok: 'completed', tool_error: 'failed', refused: 'failed' } as const;

export function RunList(props: {
  readonly runs: readonly Run[];
  readonly onRun: (args: Arguments) => void;
  readonly onEdit: (args: Arguments) => void;
  readonly onClear: () => void;
}) {
  if (props.runs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {text.noHistory} {text.historyWhy}
      </Text>
    );
  return (
    <Stack gap="xs" data-testid="tool-history">
      {props.runs.map((run) => (
        <Group key={run.id} gap="sm" justify="space-between">
          <Group gap="sm" miw={0} style={{ flex: '1 1 240px' }}>
            <StatusBadge family="work" status={STATUS[run.outcome]} />
            <Text size="xs" c="dimmed">
              <RelativeTime at={run.at} /> · <Duration ms={run.durationMs} />
            </Text>
            <Shape args={run.args} />
          </Group>
          <Again args={run.args} {...props} />
        </Group>
      ))}
      <Group>
        <Button variant="subtle" size="compact-xs" onClick={props.onClear}>
          {text.clear}
        </Button>
        <Text size="xs" c="dimmed">
          {text.historyWhy}
        </Text>
      </Group>
    </Stack>
  );
}

const Again = (props: {
  readonly args: Arguments;
  readonly onRun: (args: Arguments) => void;
  readonly onEdit: (args: Arguments) => void;
}) => (
  <Group gap={4}>
    <Button
      variant="default"
      size="compact-xs"
      onClick={() => props.onRun(props.args)}
      data-testid="tool-replay"
    >
      {text.replay}
    </Button>
    <Button
      variant="default"
      size="compact-xs"
      onClick={() => props.onEdit(props.args)}
      data-testid="tool-edit"
    >
      {text.edit}
    </Button>
  </Group>
);

export function ExampleList(props: {
  readonly examples: readonly Example[];
  readonly onEdit: (args: Arguments) => void;
  readonly onForget: (id: string) => void;
}) {
  return (
    <Stack gap="xs" data-testid="tool-examples">
      {props.examples.map(({ id, args }) => (
        <Group key={id} gap="sm" justify="space-between">
          <Shape args={args} />
          <Group gap={4}>
            <Button variant="default" size="compact-xs" onClick={() => props.onEdit(args)}>
              {text.edit}
            </Button>
            <Tooltip label={text.forget}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={text.forget}
                onClick={() => props.onForget(id)}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </Group>
      ))}
      {props.examples.length === 0 && (
        <Text size="sm" c="dimmed">
          {text.save}
        </Text>
      )}
    </Stack>
  );
}

const Shape = ({ args }: { readonly args: Arguments }) => (
  <Text size="xs" ff="monospace" truncate maw={420} miw={0}>
    {JSON.stringify(args)}
  </Text>
);
