import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMay } from '~/api/me';
import { CopyButton, EmptyState, Mono, Reason, ResourceTable, type Column } from '~/components';
import { formatNumber } from '~/design/format';
import { type Endpoint, type Tool, useEndpoints, useTools } from '../data';
import { offers, tokensOf } from '../offer';
import { text } from '../text';
import { NEW } from './new-endpoint';

const words = text.list;

/** All virtual endpoints, with what each costs a client. */
export function EndpointList({ onConnect }: { readonly onConnect: (name: string) => void }) {
  const endpoints = useEndpoints();
  const tools = useTools().data?.tools;
  const may = useMay('endpoints:create');
  const add = may && (
    <Button component={Link} to={`/endpoints/${NEW}`} variant="default" data-testid="endpoint-new">
      {words.add}
    </Button>
  );
  const rows = endpoints.data?.endpoints ?? [];
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <div>
          <Title order={2}>{words.title}</Title>
          <Text size="sm" c="dimmed">
            {words.description}
          </Text>
        </div>
        {rows.length > 0 && add}
      </Group>
      <ResourceTable
        label={words.title}
        testId="endpoints"
        columns={columnsOf(tools, onConnect)}
        rows={rows}
        rowId={({ name }) => name}
        query={endpoints}
        empty={<EmptyState {...words.empty} action={add} />}
        card={(endpoint) => <Card endpoint={endpoint} tools={tools} />}
      />
    </Stack>
  );
}

function columnsOf(
  tools: readonly Tool[] | undefined,
  onConnect: (name: string) => void,
): Column<Endpoint>[] {
  return [
    { id: 'name', header: words.name, cell: (endpoint) => <Name endpoint={endpoint} /> },
    {
      id: 'instances',
      header: words.members,
      cell: ({ instances }) => instances.join(', '),
      hideBelow: 'md',
    },
    {
      id: 'tools',
      header: words.tools,
      align: 'right',
      cell: (endpoint) => toolsOf(endpoint, tools)?.length ?? '–',
    },
    { id: 'cost', header: words.cost, align: 'right', cell: (endpoint) => costOf(endpoint, tools) },
    {
      id: 'address',
      header: words.address,
      hideBelow: 'md',
      cell: ({ url }) => (
        <Group gap={4} wrap="nowrap">
          <Mono>{url}</Mono>
          <CopyButton value={url} label={words.address} />
        </Group>
      ),
    },
    {
      id: 'connect',
      header: '',
      align: 'right',
      cell: ({ name }) => (
        <Button variant="default" size="compact-xs" onClick={() => onConnect(name)}>
          {words.connect}
        </Button>
      ),
    },
  ];
}

const toolsOf = (endpoint: Endpoint, tools: readonly Tool[] | undefined): readonly Tool[] | undefined =>
  tools?.filter((tool) => offers(endpoint, tool));

function costOf(endpoint: Endpoint, tools: readonly Tool[] | undefined): string {
  const offered = toolsOf(endpoint, tools);
  return offered === undefined ? '–' : `≈ ${formatNumber(tokensOf(offered))}`;
}

const Name = ({ endpoint }: { readonly endpoint: Endpoint }) => (
  <div>
    <Anchor
      component={Link}
      underline="always"
      to="/endpoints/$name"
      params={{ name: endpoint.name } as never}
      data-testid="endpoint-open"
    >
      {endpoint.name}
    </Anchor>
    <Reason
      text={
        endpoint.missing_instances.length > 0
          ? words.missing(endpoint.missing_instances.join(', '))
          : endpoint.description
      }
    />
  </div>
);

const Card = ({
  endpoint,
  tools,
}: {
  readonly endpoint: Endpoint;
  readonly tools: readonly Tool[] | undefined;
}) => (
  <Stack gap={4}>
    <Name endpoint={endpoint} />
    <Text size="xs" c="dimmed">
      {endpoint.instances.join(', ')} · {costOf(endpoint, tools)}
    </Text>
  </Stack>
);
