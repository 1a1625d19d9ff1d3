import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type components } from '~/api/schema.gen';
import { type Column, EmptyState, Mono, ResourceTable } from '~/components';
import { formatNumber } from '~/design/format';
import { type Instance } from '../data/instance';
import { text } from '../detail-text';
import { NameThere, ToolSwitch } from './tool-at-endpoint';
import { type Endpoint } from './tool-rules';

type Tool = components['schemas']['ToolDto'];

const words = text.tools;
const READY = { isPending: false, error: null };

interface ToolTableProps {
  readonly instance: Instance;
  readonly tools: readonly Tool[];
  /** Where tools may be switched and renamed; its own endpoint knows neither. */
  readonly endpoint: Endpoint | undefined;
  readonly onClear: () => void;
}

export function ToolTable({ instance, tools, endpoint, onClear }: ToolTableProps) {
  return (
    <ResourceTable
      label={text.tabs.tools}
      testId="instance-tools"
      columns={endpoint === undefined ? COLUMNS : [...COLUMNS, ...columnsAt(endpoint, instance.name)]}
      rows={tools}
      rowId={({ name }) => name}
      query={READY}
      empty={<EmptyState title={words.none} text={words.noneText} />}
      filtered
      onClearFilter={onClear}
      card={(tool) => (
        <Stack gap={6}>
          <ToolName tool={tool} />
          <Hints tool={tool} />
          {endpoint !== undefined && (
            <Group>
              <ToolSwitch tool={tool.name} instance={instance.name} endpoint={endpoint} />
              <NameThere tool={tool.name} instance={instance.name} endpoint={endpoint} />
            </Group>
          )}
        </Stack>
      )}
    />
  );
}

const COLUMNS: readonly Column<Tool>[] = [
  { id: 'tool', header: words.tool, cell: (tool) => <ToolName tool={tool} /> },
  { id: 'hints', header: words.hints, hideBelow: 'sm', cell: (tool) => <Hints tool={tool} /> },
  {
    ...{ id: 'tokens', header: words.tokens, align: 'right' },
    cell: ({ estimated_tokens: tokens }) => formatNumber(tokens),
  },
  {
    ...{ id: 'try', header: words.tryIt, align: 'right' },
    cell: ({ name, server_name: server }) => (
      <Anchor component={Link} to="/tools" search={{ server, tool: name } as never} size="sm">
        {words.tryIt}
      </Anchor>
    ),
  },
];

const columnsAt = (endpoint: Endpoint, instance: string): readonly Column<Tool>[] => [
  {
    ...{ id: 'enabled', header: words.enabled },
    cell: ({ name }) => <ToolSwitch tool={name} instance={instance} endpoint={endpoint} />,
  },
  {
    ...{ id: 'name', header: words.name },
    cell: ({ name }) => <NameThere tool={name} instance={instance} endpoint={endpoint} />,
  },
];

/** What a server says of its tool is text, however it looks. */
const ToolName = ({ tool: { name, title, description } }: { readonly tool: Tool }) => (
  <Stack gap={0} maw={520}>
    <Mono>{name}</Mono>
    <Text size="xs" c="dimmed" lineClamp={2} title={description}>
      {title !== undefined && title !== name ? `${title}: ${description}` : description}
    </Text>
  </Stack>
);

/** Claims, and only those that are made. */
function Hints({ tool: { annotations } }: { readonly tool: Tool }) {
  const claimed = Object.entries(words.hintWords).filter(([hint]) => annotations?.[hint] === true);
  return (
    <Group gap={4}>
      {claimed.map(([hint, word]) => (
        <Badge key={hint} variant="default" size="sm" tt="none" fw={400}>
          {word}
        </Badge>
      ))}
    </Group>
  );
}
