import { Group, Stack, Switch, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import {
  CopyButton,
  EmptyState,
  Mono,
  notifyDone,
  notifyProblem,
  ProblemCard,
  ResourceTable,
} from '~/components';
import { TextLink } from '../links';
import { useRegistry } from './data';
import { text } from './text';

const words = text.published;
const LIMIT = 200;

interface Row {
  readonly fullName: string;
  readonly name: string;
  readonly kind: string;
  readonly version: string;
  readonly isPublic: boolean;
}

/** What runs here as registries tell of it, and what of it everybody may see. */
export function PublishedTab() {
  const registry = useRegistry();
  const access = registry.data?.access;
  if (registry.isError)
    return <ProblemCard problem={registry.error} onRetry={() => void registry.refetch()} />;
  if (access === 'off') return <EmptyState {...words.off} testId="published-off" />;
  return (
    <Stack gap="sm">
      <Group gap={6}>
        <Text size="sm" data-testid="published-access">
          {access !== undefined && words.access[access]} {words.about}
        </Text>
        {registry.data !== undefined && (
          <Group gap={2} wrap="nowrap">
            <Mono>{registry.data.url}</Mono>
            <CopyButton value={registry.data.url} label={words.address} />
          </Group>
        )}
      </Group>
      <Published />
    </Stack>
  );
}

function Published() {
  const query = api.useQuery('get', '/v0.1/servers', { params: { query: { limit: LIMIT } } });
  return (
    <ResourceTable<Row>
      label={words.label}
      testId="published"
      columns={COLUMNS}
      rows={(query.data?.servers ?? []).map(rowOf)}
      rowId={({ fullName }) => fullName}
      query={query}
      empty={<EmptyState {...words.empty} testId="published-empty" />}
      card={AsCard}
    />
  );
}

function rowOf({ server, _meta: meta }: { readonly server: unknown; readonly _meta: unknown }): Row {
  const { name: fullName, version } = server as { readonly name: string; readonly version: string };
  const about = (meta as { readonly quayside: Pick<Row, 'name' | 'kind'> & { readonly public: boolean } })
    .quayside;
  return { fullName, version, name: about.name, kind: about.kind, isPublic: about.public };
}

const NameLink = ({ row: { kind, name } }: { readonly row: Row }) =>
  kind === 'endpoint' ? (
    <TextLink to="/endpoints/$name" params={{ name }} fw={500} size="sm">
      {name}
    </TextLink>
  ) : (
    <TextLink to="/instances/$name" params={{ name }} fw={500} size="sm">
      {name}
    </TextLink>
  );

const Kind = ({ row: { kind } }: { readonly row: Row }) => <Text size="sm">{words.kinds[kind] ?? kind}</Text>;

function PublishSwitch({ row }: { readonly row: Row }) {
  const { name, kind, isPublic } = row;
  const type = kind === 'endpoint' ? 'endpoints' : 'instances';
  const mayChange = useMay(kind === 'endpoint' ? 'endpoints:update' : 'instances:update');
  const cache = useQueryClient();
  const change = async (publish: boolean): Promise<void> => {
    const at = { params: { path: { name } } };
    const path = `/api/v1/registry/published/${type}/{name}` as const;
    const { error } = publish ? await rest.PUT(path, at) : await rest.DELETE(path, at);
    if (error === undefined) notifyDone(publish ? words.isPublished(name) : words.isHidden(name));
    else notifyProblem(error, words.publish(name));
    await cache.invalidateQueries({ queryKey: ['get', '/v0.1/servers'] });
  };
  return (
    <Switch
      checked={isPublic}
      disabled={!mayChange}
      aria-label={words.publish(name)}
      onChange={(event) => void change(event.currentTarget.checked)}
      data-testid={`published-switch-${kind}-${name}`}
    />
  );
}

const AsCard = (row: Row) => (
  <Group justify="space-between" wrap="nowrap">
    <Stack gap={0} miw={0}>
      <NameLink row={row} />
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {row.fullName} · {words.kinds[row.kind] ?? row.kind} · {row.version}
      </Text>
    </Stack>
    <PublishSwitch row={row} />
  </Group>
);

const COLUMNS = [
  {
    id: 'name',
    header: words.name,
    cell: (row: Row) => (
      <Stack gap={0}>
        <NameLink row={row} />
        <Text size="xs" c="dimmed">
          <Mono>{row.fullName}</Mono>
        </Text>
      </Stack>
    ),
  },
  { id: 'kind', header: words.kind, cell: (row: Row) => <Kind row={row} />, hideBelow: 'sm' },
  { id: 'version', header: words.version, cell: (row: Row) => <Mono>{row.version}</Mono>, hideBelow: 'sm' },
  { id: 'published', header: words.published, cell: (row: Row) => <PublishSwitch row={row} /> },
] as const;
